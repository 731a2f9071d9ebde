//! `--since` and `--until`: flows that begin in a period, whole, with the numbers that they have among all.

use crate::support::{Folder, Table, files_below, program, samples, scan};
use std::path::Path;

/// Ids and stream numbers of the flows of a result, by the time of their first packet.
fn flows(out: &Path) -> Vec<[String; 4]> {
    let columns = ["first_utc", "flow_id", "stream", "outcome"];
    let mut flows: Vec<_> = Table::read(out, "flows").lines().map(|flow| columns.map(|column| flow.get(column).to_owned())).collect();
    flows.sort();
    flows
}

#[test]
fn flows_count_by_the_time_at_which_they_begin() {
    let folder = Folder::new();
    let scanned = |out: &str, options: &[&str]| {
        let roots = ["tls12-resumption-ticket", "quic", "rotated", "dtls10"].map(|name| samples().join(name).into_os_string());
        scan(&folder.at(out), roots.into_iter().chain(["--reproducible".into()]).chain(options.iter().map(Into::into)));
        flows(&folder.at(out))
    };
    let all = scanned("all", &[]);
    let middle = &all[all.len() / 2][0];
    let begin = all.iter().position(|flow| flow[0] == *middle).unwrap();
    assert!(begin > 2 && all.len() > begin + 2);
    let (since, until) = (scanned("since", &["--since", middle]), scanned("until", &["--until", middle]));
    assert_eq!(since, all[begin..]);
    assert_eq!(until, all[..begin]);
    let left_out = |out: &str| {
        let losses = Table::read(&folder.at(out), "losses");
        losses.lines().find(|loss| &loss["reason"] == "outside_period").map_or(0, |loss| loss.number("count"))
    };
    assert_eq!((left_out("all"), left_out("since"), left_out("until")), (0, begin as u64, (all.len() - begin) as u64));
    // Counts are of the same flows, and the captures were read whole.
    let sum = |out: &str, column: &str| Table::read(&folder.at(out), "captures").lines().map(|row| row.number(column)).sum::<u64>();
    assert_eq!((sum("since", "tls_flows"), sum("since", "packets")), (since.len() as u64, sum("all", "packets")));
    // One thread or many: the same bytes. A time with an offset is the same time.
    let last = &all.last().unwrap()[0];
    scanned("one", &["--since", middle, "--until", last, "-j", "1"]);
    scanned("four", &["--until", &format!("{}+00:00", last.trim_end_matches('Z')), "--since", middle, "-j", "4"]);
    assert!(files_below(&folder.at("one")) == files_below(&folder.at("four")));
    assert_eq!(flows(&folder.at("one")).first(), all[begin..].first());
}

#[test]
fn times_are_days_or_times_with_or_without_an_offset() {
    let folder = Folder::new();
    let check = |since: &str, until: &str, code: i32| {
        let arguments = [samples().join("tls13").into_os_string(), "-f".into(), "-o".into(), folder.at("out").into()];
        let output = program().arg("scan").args(arguments).args(["-q", "--since", since, "--until", until]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{since} {until}: {}", String::from_utf8_lossy(&output.stderr));
    };
    check("2020-01-01", "2020-01-02", 0);
    check("2020-01-01T06:00", "2020-01-01T06:00:00.000001Z", 0);
    check("2020-01-01T06:00+01:00", "2020-01-01T05:30Z", 0);
    check("2020-01-01T06:00+01:00", "2020-01-01T05:00Z", 2);
    check("2020-01-02", "2020-01-01", 2);
    check("yesterday", "2020-01-02", 2);
    check("2020-13-01", "2020-01-02", 2);
}
