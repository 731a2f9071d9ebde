//! Differences as text: `+` came, `-` went, `~` has another share.

use super::{Change, Differences, FindingChange, Item, Run, Section};
use crate::report::words;

/// Lines of a kind; the JSON has all.
const LINES: usize = 20;

/// All of it, or that there is nothing.
pub fn text(differences: &Differences) -> String {
    let mut out = run("old", &differences.old) + &run("new", &differences.new);
    for note in &differences.notes {
        out += &format!("note: {}\n", words::visible(note));
    }
    let mut same = Vec::new();
    if differences.findings.is_empty() {
        same.push("findings");
    } else {
        out += "\nfindings\n";
        lines(&mut out, &differences.findings, finding);
    }
    for section in &differences.sections {
        if section.items.is_empty() {
            same.push(section.name);
            continue;
        }
        let of = if section.old_of + section.new_of > 0 {
            format!(" ({}, then {})", words::count(section.old_of), words::count(section.new_of))
        } else {
            String::new()
        };
        out += &format!("\n{}: {}{of}\n", section.name, section.counts);
        lines(&mut out, &section.items, |it| item(it, section));
    }
    if !same.is_empty() {
        out += &format!("\nno difference in {}\n", same.join(", "));
    }
    // Shares keep their sign by a space at which no line ends; a terminal need not know it.
    out.replace('\u{a0}', " ")
}

fn run(name: &str, run: &Run) -> String {
    let (captures, flows) = (words::count(run.captures as u64), words::count(run.tls_flows));
    format!("{name}: {}, {captures} captures, {flows} TLS flows\n", words::visible(&run.title))
}

fn lines<T>(out: &mut String, items: &[T], line: impl Fn(&T) -> String) {
    for item in items.iter().take(LINES) {
        *out += &format!("  {}\n", line(item));
    }
    if items.len() > LINES {
        *out += &format!("  and {} more (--json has all)\n", words::count((items.len() - LINES) as u64));
    }
}

fn sign(change: Change) -> char {
    match change {
        Change::Appeared => '+',
        Change::Vanished => '-',
        Change::Changed => '~',
    }
}

fn finding(it: &FindingChange) -> String {
    let subject = if it.subject.is_empty() { String::new() } else { format!(" {}", words::visible(&it.subject)) };
    let flows = format!("{} flow{}", words::count(it.flows), if it.flows == 1 { "" } else { "s" });
    format!("{} {:<8} {}, {}{subject}: {} ({flows})", sign(it.change), it.severity.as_str(), it.rule, it.subject_type, it.title)
}

fn item(it: &Item, section: &Section) -> String {
    let share = |part: u64, of: u64| match of {
        0 => words::count(part),
        of => format!("{} ({})", words::share(part, of), words::count(part)),
    };
    let (old, new) = (share(it.old, section.old_of), share(it.new, section.new_of));
    let amount = match it.change {
        Change::Appeared => new,
        Change::Vanished => old,
        Change::Changed => format!("{old}, then {new}"),
    };
    format!("{} {}: {amount}", sign(it.change), words::visible(&it.name))
}
