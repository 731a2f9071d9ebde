//! The command `show`: the ladder of one flow, found in the tables of a finished run.
//!
//! The tables are read as streams, a line at a time: whatever they hold, memory stays small.

use crate::cli::{Color, Exit, Messages, Show};
use crate::error::Error;
use crate::report::fill::ladder_of;
use crate::report::reading;
use crate::report::rows::walk;
use crate::report::terminal::{self, Look};
use crate::report::{html, words};
use crate::row::Row;
use crate::row::assemble::FlowRows;
use crate::row::capture::CaptureRow;
use crate::row::flow::FlowRow;
use crate::row::message::MessageRow;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;

/// Characters of a flow's id.
const ID: usize = 17;
/// Flows that are named where a beginning of an id fits several.
const NAMED: usize = 10;
/// Width where neither COLUMNS nor a terminal tells.
const WIDTH: usize = 100;

/// Prints the handshake of one flow, or writes it as a page.
pub fn show(options: &Show, messages: &Messages) -> Result<Exit, Error> {
    let (rows, path) = find(&options.folder, &options.flow)?;
    let ladder = ladder_of(&rows, &path, "asked for");
    if let Some(page) = &options.html {
        let text = html::render_one(ladder)?;
        std::fs::write(page, text).map_err(Error::io("writing", page))?;
        return Ok(Exit::Done);
    }
    let text = terminal::text(&ladder, look(messages.color));
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("writing", "standard output")(error)),
        _ => Ok(Exit::Done),
    }
}

/// How the terminal wants it.
fn look(color: Color) -> Look {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    // POSIX: the first of these that is set and not empty says which characters there are.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let unicode = locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    Look { width: columns.or_else(terminal).unwrap_or(WIDTH), unicode, color: color.on(std::io::stdout().is_terminal()) }
}

/// The rows of the flow whose id is, or alone begins with, `wanted`; and the path of its capture.
fn find(out: &Path, wanted: &str) -> Result<(FlowRows, String), Error> {
    let shown = words::visible(wanted);
    if wanted.is_empty() || !wanted.starts_with('f') || !wanted[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) || wanted.len() > ID {
        return Err(Error::Usage(format!("{shown:?} is no flow: an id is f and 16 hex digits, or the first of them")));
    }
    let (mut found, mut others): (Option<FlowRow>, u64) = (None, 0);
    let mut named = Vec::new();
    walk(reading::open(out, FlowRow::TABLE.name)?, |line| {
        if line.get(0).is_some_and(|id| id.starts_with(wanted)) {
            let flow = line.row::<FlowRow>()?;
            if named.len() < NAMED {
                named.push(format!(
                    "  {}  {} to {}:{} {}",
                    flow.flow_id,
                    flow.client_ip,
                    flow.server_ip,
                    flow.server_port,
                    words::visible(&flow.sni.0)
                ));
            }
            others += u64::from(found.is_some());
            found.get_or_insert(flow);
            if wanted.len() == ID {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let Some(flow) = found else { return Err(Error::Usage(format!("{} has no flow {shown}", out.display()))) };
    if others > 0 {
        let more = if others as usize >= NAMED { format!("\n  and {} more", others as usize + 1 - NAMED) } else { String::new() };
        return Err(Error::Usage(format!("{} flows begin with {shown}:\n{}{more}", others + 1, named.join("\n"))));
    }
    let mut rows = FlowRows { flow, ..FlowRows::default() };
    // A flow's messages stand together.
    walk(reading::open(out, MessageRow::TABLE.name)?, |line| {
        let of_it = line.get(0) == Some(&rows.flow.flow_id);
        if of_it {
            rows.messages.push(line.row::<MessageRow>()?);
        }
        Ok(if of_it || rows.messages.is_empty() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    let mut path = String::new();
    walk(reading::open(out, CaptureRow::TABLE.name)?, |line| {
        let capture = line.row::<CaptureRow>()?;
        // A copy has the id of the capture that was read instead of it.
        if capture.capture_id != rows.flow.capture_id || capture.status == "duplicate" {
            return Ok(ControlFlow::Continue(()));
        }
        path = capture.path.0;
        Ok(ControlFlow::Break(()))
    })?;
    Ok((rows, path))
}
