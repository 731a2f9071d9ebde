//! The rules that every page keeps, whatever the archive held.

mod report_pages;

use std::sync::OnceLock;

use report_pages::{HOSTILE, empty, good, hostile, huge, usual};
use sha2::{Digest, Sha256};
use tlscensus::report::html::{SECTIONS, flows_json, render};
use tlscensus::report::pages::FOLDER;
use tlscensus::report::view::{FlowsFile, MAX_BYTES, MAX_ROWS, Page};

fn pages() -> &'static [(&'static str, String); 5] {
    static PAGES: OnceLock<[(&str, String); 5]> = OnceLock::new();
    PAGES.get_or_init(|| {
        let page = |name, page: Page| (name, render(&page).unwrap());
        [page("usual", usual()), page("good", good()), page("empty", empty()), page("hostile", hostile()), page("huge", huge())]
    })
}

fn page(name: &str) -> &'static str {
    &pages().iter().find(|page| page.0 == name).unwrap().1
}

/// What stands between a start tag, given whole, and its end tag.
fn inside<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let from = html.find(start).unwrap_or_else(|| panic!("no {start}")) + start.len();
    let length = html[from..].find(end).unwrap();
    &html[from..from + length]
}

/// The tags of the page: what stands between `<` and `>`, outside of style, script and data.
fn tags(html: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("an open tag");
        let tag = &rest[at + 1..end];
        tags.push(tag);
        rest = &rest[end + 1..];
        for (name, close) in [("style", "</style>"), ("script", "</script>")] {
            if tag.split([' ', '>']).next() == Some(name) {
                rest = &rest[rest.find(close).unwrap()..];
            }
        }
    }
    tags
}

/// Names of the attributes of a tag.
fn attributes(tag: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, part) in tag.split('"').enumerate() {
        if at % 2 == 0 {
            names.extend(part.split([' ', '\n', '/']).map(|word| word.trim_end_matches('=')).filter(|word| !word.is_empty()));
        }
    }
    names.remove(0);
    names
}

/// A second, naive base64, so that the page's own is not asked about itself.
fn base64(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let sextets = bits.as_bytes().chunks(6).map(|chunk| {
        let padded = format!("{:0<6}", std::str::from_utf8(chunk).unwrap());
        alphabet[usize::from_str_radix(&padded, 2).unwrap()]
    });
    let mut text: String = sextets.collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn the_policy_names_the_final_bytes_of_script_and_style() {
    for (name, html) in pages() {
        let policy = inside(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        let script = base64(&Sha256::digest(inside(html, "<script>", "</script>")));
        let style = base64(&Sha256::digest(inside(html, "<style>", "</style>")));
        let expected = format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'"
        );
        assert_eq!(policy.replace("&#39;", "'"), expected, "{name}");
        assert_eq!(html.matches("<style").count(), 1, "{name}");
        assert_eq!(html.matches("<script").count(), 3, "{name}");
    }
}

#[test]
fn nothing_is_fetched_styled_or_handled_inline() {
    for (name, html) in pages() {
        assert!(!html.contains("http://") && !html.contains("https://"), "{name}");
        for tag in tags(html) {
            for attribute in attributes(tag) {
                assert!(!attribute.starts_with("on") && attribute != "style" && attribute != "src", "{name}: <{tag}>");
            }
            if let Some(href) = tag.split("href=\"").nth(1) {
                assert!(href.starts_with('#') || href.starts_with("data:,"), "{name}: <{tag}>");
            }
            let element = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
            assert!(
                !["img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image"].contains(&element),
                "{name}: <{tag}>"
            );
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let html = page("hostile");
    let data = inside(html, "id=\"data\">", "</script>");
    assert!(!data.contains(['<', '>', '&']));
    let flows = inside(html, "id=\"flows\">", "</script>");
    assert!(!flows.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    let html = &html.replace(data, "").replace(flows, "");
    for raw in [HOSTILE, "<img", "alert(1)</script", "\u{202e}", "\u{0}", "\u{1b}", "\" onmouseover"] {
        assert!(!html.contains(raw), "{raw:?} in {}", &html[html.find(raw).unwrap() - 200..][..300]);
    }
    assert!(html.contains("\\u{202E}gpj\\x00\\x1b[31m{{7*7}}"));
    assert_eq!(tags(html).len(), tags(&html.replace("alert", "")).len());
}

#[test]
fn the_page_keeps_its_budget() {
    for (name, html) in pages() {
        let rows = html.matches("<tr").count();
        assert!(rows <= MAX_ROWS, "{name}: {rows} rows");
        assert!(html.len() <= MAX_BYTES, "{name}: {} bytes", html.len());
    }
    let html = page("huge");
    assert!(html.contains("200 of 48,211 shown, all in <code>csv/flows.csv</code>"));
    assert!(html.contains("150 of 48,211 shown, all in <code>csv/captures.csv</code>"));
    assert!(html.contains("60 of 5,000 shown, all in <code>csv/captures.csv</code>"));
}

#[test]
fn every_section_is_there_with_its_link_and_its_denominator() {
    for (name, html) in pages() {
        for (id, ..) in SECTIONS {
            assert!(html.contains(&format!("<a href=\"#{id}\">")), "{name}: no link to {id}");
            let section = inside(html, &format!("<section id=\"{id}\""), "</section>");
            assert!(section.contains(&format!("<h2 id=\"{id}-h\">")), "{name}: no heading in {id}");
            assert!(id == "verdict" || section.contains("class=\"of\""), "{name}: no denominator in {id}");
            assert!(
                id == "about" || id == "verdict" || section.contains(".csv") || section.contains("class=\"empty\""),
                "{name}: {id} names no table"
            );
        }
        for tile in html.split("class=\"tile ").skip(1) {
            let link = inside(tile, "href=\"#", "\"");
            assert!(SECTIONS.iter().any(|(id, ..)| *id == link), "{name}: tile to {link}");
        }
        assert_eq!(html.split("class=\"tile ").count() - 1, 8, "{name}");
    }
}

#[test]
fn links_lead_somewhere_and_ids_are_unique() {
    for (name, html) in pages() {
        let mut ids: Vec<&str> = tags(html).iter().filter_map(|tag| tag.split(" id=\"").nth(1)?.split('"').next()).collect();
        for href in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(&href), "{name}: #{href}");
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}");
    }
}

#[test]
fn every_table_has_a_caption_and_scoped_heads() {
    for (name, html) in pages() {
        for table in html.split("<table").skip(1) {
            let table = &table[..table.find("</table>").unwrap()];
            assert!(table.contains("<caption>"), "{name}: {table:.80}");
        }
        for tag in tags(html).into_iter().filter(|tag| tag.split(' ').next() == Some("th")) {
            assert!(tag.contains("scope="), "{name}: <{tag}>");
        }
        for figure in html.split("<svg").skip(1) {
            let figure = &figure[..figure.find("</svg>").unwrap()];
            let named = figure.contains("<title") && figure.contains("<desc");
            assert!(named || figure.contains("aria-hidden=\"true\""), "{name}: {figure:.80}");
        }
    }
}

#[test]
fn an_empty_section_is_one_line() {
    let html = page("empty");
    assert_eq!(html.matches("<table").count(), 0);
    assert!(html.contains("Every capture was read to its end."));
    assert!(html.contains("No capture was found, so there is nothing to judge."));
}

#[test]
fn unescaped_output_is_on_the_list() {
    let mut found = Vec::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("escape \"none\"") && !text.contains("|escape("), "{}", path.display());
            let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            for (at, _) in squeezed.match_indices("|safe") {
                let expression = squeezed[..at].rsplit("{{").next().unwrap();
                found.push(format!("{name}: {expression}"));
            }
        }
    }
    found.sort();
    assert_eq!(found, ["ladder.html: style", "report.html: data", "report.html: flows", "report.html: script", "report.html: style"]);
}

#[test]
fn the_script_builds_no_markup_from_text() {
    let script = concat!(include_str!("../templates/report.js"), include_str!("../templates/explorer.js"));
    for word in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(", "XMLHttpRequest", ".style"]
    {
        assert!(!script.contains(word), "{word}");
    }
}

#[test]
fn two_pages_of_one_archive_differ_in_the_run_block_alone() {
    let mut later = usual();
    if let Some(run) = later.about.run.as_mut() {
        run.started_us += 86_400_000_000;
        run.elapsed_us += 1;
    }
    let (first, second) = (render(&usual()).unwrap(), render(&later).unwrap());
    let block = |html: &str| inside(html, "id=\"run\">", "</dl>").to_string();
    assert_ne!(block(&first), block(&second));
    assert_eq!(first.replace(&block(&first), ""), second.replace(&block(&second), ""));
}

/// Writes the pages for `.ci/browser.mjs` into the folder that `TLSCENSUS_PAGES` names.
#[test]
fn pages_for_the_browser() {
    if let Some(folder) = std::env::var_os("TLSCENSUS_PAGES") {
        for (name, html) in pages() {
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), html).unwrap();
        }
        several_files(&std::path::Path::new(&folder).join("several"));
    }
}

/// A page with three files of all flows, of different lengths.
fn several_files(folder: &std::path::Path) {
    let mut page = usual();
    let rows: Vec<_> = page.explorer.rows.rows().to_vec();
    std::fs::create_dir_all(folder.join(FOLDER)).unwrap();
    for (at, part) in [&rows[..1_000], &rows[1_000..2_500], &rows[2_500..]].into_iter().enumerate() {
        let name = format!("{FOLDER}/flows-{:04}.js", at + 1);
        std::fs::write(folder.join(&name), format!("tlscensusFlows({})\n", flows_json(part))).unwrap();
        page.explorer.pages.push(FlowsFile { name, flows: part.len() as u64 });
    }
    std::fs::write(folder.join("report.html"), render(&page).unwrap()).unwrap();
}
