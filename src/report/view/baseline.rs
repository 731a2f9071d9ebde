//! The figures of the verdict, and a finished run whose figures they are compared with.

/// What the sentences and the tiles of the verdict are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Captures found.
    pub captures: u64,
    /// Captures not read to their end.
    pub unread: u64,
    /// TLS flows, those of DTLS and QUIC among them.
    pub flows: u64,
    /// Flows of DTLS.
    pub dtls: u64,
    /// Flows of QUIC.
    pub quic: u64,
    /// Rules that found something.
    pub findings: u64,
    /// Rules that found something that wants action.
    pub acts: u64,
    /// Handshakes that completed or failed.
    pub judged: u64,
    /// Handshakes that failed.
    pub failed: u64,
    /// Flows not judged.
    pub not_judged: u64,
    /// Flows whose server chose a version.
    pub choices: u64,
    /// Of these, TLS 1.1, DTLS 1.0 or older.
    pub old: u64,
    /// Flows whose server chose a cipher suite.
    pub suite_choices: u64,
    /// Of these, one that is broken.
    pub weak: u64,
    /// Certificates in plain.
    pub certificates: u64,
    /// Of these, ended when last seen.
    pub expired: u64,
    /// Flows whose group is known.
    pub group_choices: u64,
    /// Of these, a post-quantum or hybrid one.
    pub hybrid: u64,
}

/// A finished run that this one is compared with.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// What it is called.
    pub title: String,
    /// Its figures.
    pub figures: Figures,
    /// Findings (a rule and its subject) that it does not have.
    pub appeared: u64,
    /// Of these, critical or high.
    pub appeared_bad: u64,
    /// The first of these: title of the rule, and subject.
    pub first: Option<(String, String)>,
    /// Findings that it alone has.
    pub vanished: u64,
    /// What makes the comparison less than fair, in sentences.
    pub notes: Vec<String>,
}
