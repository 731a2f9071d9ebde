//! What the columns derived from hellos and certificates say of samples that were recorded to show it.

use crate::support::{Folder, Table, samples, scan};

#[test]
fn samples_show_what_they_were_recorded_for() {
    check("tls12-renegotiation", &[("renegotiations", "1"), ("secure_renegotiation", "true")]);
    check("tls12-rsa", &[("renegotiations", "0"), ("certificate_name_match", "true"), ("certificate_chain", "ordered")]);
    check("tls12-ecdhe-rsa", &[("extended_master_secret", "true"), ("record_compression", ""), ("overlong_heartbeat", "")]);
    check("tls13", &[("renegotiations", ""), ("certificate_chain", ""), ("extended_master_secret", "true")]);
}

fn check(sample: &str, expected: &[(&str, &str)]) {
    let folder = Folder::new();
    let out = folder.at("out");
    scan(&out, [samples().join(sample).as_os_str()]);
    let flows = Table::read(&out, "flows");
    let flow = flows.lines().next().unwrap();
    for (column, value) in expected {
        assert_eq!(&flow[*column], *value, "{sample}: {column}");
    }
}
