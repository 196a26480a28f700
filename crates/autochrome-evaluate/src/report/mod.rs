//! The report: one HTML file with everything inside, to be opened anywhere without a network.

mod pictures;
mod plots;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;

use autochrome_methods::Guidance;
use autochrome_plot::escape;

use self::pictures::{Part, best_median_worst, data_uri, sheet};
use crate::painter::Painter;
use crate::run::{Evaluation, Row};
use crate::set::EvaluationSet;
use crate::table::{self, Cells};
use crate::{EvaluateError, workers};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page as HTML: tables, plots, and every painter's pictures side by side.
///
/// `painters` are those that were evaluated; they paint the shown pictures once more, so that an evaluation need not keep
/// every picture. At most 64 pictures on the contact sheet and nine for each row are shown, none longer than 320 px.
///
/// # Errors
/// [`EvaluateError::Stopped`] when `stop` was raised, [`EvaluateError::Media`] when a picture cannot be encoded.
pub fn html(
    set: &EvaluationSet,
    evaluation: &Evaluation,
    painters: &[Painter],
    title: &str,
    stop: &AtomicBool,
) -> Result<String, EvaluateError> {
    let gray = evaluation.rows.iter().find(|row| painters[row.painter].is_gray());
    let sections: Vec<(&Row, Vec<Part>)> = evaluation
        .rows
        .iter()
        .filter(|row| !painters[row.painter].is_gray() && !painters[row.painter].is_truth())
        .map(|row| (row, best_median_worst(row, gray)))
        .filter(|(_, parts)| !parts.is_empty())
        .collect();
    let contact = sheet(set.pictures().len());
    let mut shown: Vec<usize> = contact.clone();
    shown.extend(sections.iter().flat_map(|(_, parts)| parts.iter().flat_map(|(_, indices)| indices)));
    shown.sort_unstable();
    shown.dedup();
    let gallery =
        Gallery { set, evaluation, painters, tiles: tiles(set, evaluation, painters, &shown, stop)? };

    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>{}</p>\n",
        summary_line(set, evaluation),
        title = escape(title),
    );
    page.push_str(&html_table(&table::totals(evaluation)));
    for (title, cells) in [
        ("Parts of the set", table::parts(evaluation)),
        (table::PATCHWORK, table::patchwork(set, evaluation)),
        (table::LOCALITY, table::locality(evaluation)),
        (table::VARIETY, table::variety(evaluation)),
        (table::SUGGESTIONS, table::suggestions(evaluation)),
    ] {
        if cells.len() > 1 {
            let _ = writeln!(page, "<h2>{title}</h2>\n{}", html_table(&cells));
        }
    }
    for note in table::notes(evaluation) {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escape(&note));
    }
    for (name, reason) in &evaluation.failures {
        let _ = writeln!(page, "<p class=\"note\">{} painted nothing: {}</p>", escape(name), escape(reason));
    }
    if let Some(plot) = plots::colourfulness_against_delta_e(evaluation) {
        let _ = writeln!(page, "<h2>Colourful and right</h2>\n{plot}");
    }
    if let Some(plot) = plots::hint_curve(evaluation) {
        let _ = writeln!(page, "<h2>Hints</h2>\n{plot}\n{}", html_table(&table::hints(evaluation)));
    }
    let skin = table::skin(evaluation);
    if skin.len() > 1 {
        let _ = writeln!(page, "<h2>Skin</h2>\n{}", html_table(&skin));
    }
    if let Some(plot) = plots::source_bars(evaluation) {
        let _ = writeln!(page, "<h2>Sources: ΔE00 as a share of gray's</h2>\n{plot}");
    }
    let sources = table::sources(evaluation);
    if sources.len() > 1 {
        let _ = writeln!(
            page,
            "<details><summary>Sources as a table</summary>{}</details>",
            html_table(&sources)
        );
    }
    for (row, parts) in &sections {
        let _ = writeln!(page, "<h2>{}: best, median, worst by ΔE00</h2>", escape(&row.name));
        for (part, indices) in parts {
            let _ = writeln!(page, "<h3>{part}</h3>");
            indices.iter().for_each(|&i| page.push_str(&gallery.with_slider(i, row)));
        }
    }
    let _ = writeln!(page, "<h2>Contact sheet, {} of {} pictures</h2>", contact.len(), set.pictures().len());
    contact.iter().for_each(|&i| page.push_str(&gallery.plain(i)));
    let _ = write!(page, "<script>{SCRIPT}</script>\n</body></html>\n");
    Ok(page)
}

/// `data:` addresses of pictures by position in the set and row.
type Tiles = HashMap<(usize, usize), String>;

fn tiles(
    set: &EvaluationSet,
    evaluation: &Evaluation,
    painters: &[Painter],
    shown: &[usize],
    stop: &AtomicBool,
) -> Result<Tiles, EvaluateError> {
    let truth = set.options().truth;
    let painted = workers::each(shown.len(), evaluation.options.jobs, stop, |k| {
        let picture = &set.pictures()[shown[k]];
        let (luma, _) = picture.lab();
        let mut row_tiles = Vec::new();
        for (r, row) in evaluation.rows.iter().enumerate() {
            let painter = &painters[row.painter];
            if let Ok(painted) = painter.paint(picture, &luma, &Guidance::default(), truth) {
                row_tiles.push(((shown[k], r), data_uri(&painted.rgb, picture.width, picture.height)?));
            }
        }
        Ok::<_, EvaluateError>(row_tiles)
    })?;
    Ok(painted.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

struct Gallery<'a> {
    set: &'a EvaluationSet,
    evaluation: &'a Evaluation,
    painters: &'a [Painter],
    tiles: Tiles,
}

impl Gallery<'_> {
    /// All rows of a picture.
    fn plain(&self, i: usize) -> String {
        let mut html =
            format!("<section><p>{}</p><div class=\"tiles\">", escape(&self.set.pictures()[i].name));
        for (r, row) in self.evaluation.rows.iter().enumerate() {
            let Some(uri) = self.tiles.get(&(i, r)) else { continue };
            let _ = write!(
                html,
                "<figure data-row=\"{r}\"><img loading=\"lazy\" alt=\"{name}\" src=\"{uri}\"><figcaption>{name}{figures}</figcaption></figure>",
                name = escape(&row.name),
                figures = self.figures(row, i),
            );
        }
        html.push_str("</div></section>\n");
        html
    }

    /// The same, with a slider between the truth and `row`; a click on a tile takes that instead of `row`.
    fn with_slider(&self, i: usize, row: &Row) -> String {
        let position = |wanted: &dyn Fn(&Row) -> bool| self.evaluation.rows.iter().position(wanted);
        let left = position(&|r| self.painters[r.painter].is_truth());
        let right = position(&|r| r.painter == row.painter);
        let (Some(left), Some(right)) = (left, right) else { return self.plain(i) };
        let slider = format!(
            "<div class=\"compare\" data-left=\"{left}\" data-right=\"{right}\"><img alt=\"left\"><img alt=\"right\" class=\"over\">\
             <input type=\"range\" min=\"0\" max=\"100\" value=\"50\" aria-label=\"Compare\"></div>"
        );
        self.plain(i).replacen("<div class=\"tiles\">", &format!("<div class=\"tiles\">{slider}"), 1)
    }

    fn figures(&self, row: &Row, i: usize) -> String {
        let painter = &self.painters[row.painter];
        match &row.pictures[i] {
            Ok(scores) => match scores.against_truth {
                Some(t) if !painter.is_truth() => {
                    format!("<br>ΔE00 {:.1}, {:.1} dB, CF {:.0}", t.delta_e, t.psnr_db, scores.colourfulness)
                }
                _ => format!("<br>CF {:.0}", scores.colourfulness),
            },
            Err(_) => String::new(),
        }
    }
}

fn summary_line(set: &EvaluationSet, evaluation: &Evaluation) -> String {
    let of = set.options();
    let how = if of.truth {
        format!("centre squares of {} px, compared with their true colours", of.size_px)
    } else {
        format!("whole pictures, short side at most {} px, without a truth", of.size_px)
    };
    let skipped = match set.skipped().len() {
        0 => String::new(),
        n => format!(" {n} files could not be read."),
    };
    let options = &evaluation.options;
    format!(
        "{} pictures: {how}. Intervals hold 95 % of {} resampled sets (seed {}). Milliseconds are those of one thread, with {} \
         pictures at work at once; memory is that of the whole process, pictures of the set included.{skipped}",
        set.pictures().len(),
        options.bootstrap.resamples,
        options.bootstrap.seed,
        options.jobs
    )
}

fn html_table(cells: &Cells) -> String {
    let mut html = String::from("<div class=\"wide\"><table>");
    for (i, row) in cells.iter().enumerate() {
        let tag = if i == 0 { "th" } else { "td" };
        html.push_str("<tr>");
        row.iter().for_each(|cell| {
            let _ = write!(html, "<{tag}>{}</{tag}>", escape(cell));
        });
        html.push_str("</tr>");
    }
    html.push_str("</table></div>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Folder, options};
    use crate::{EvaluateOptions, SetOptions, evaluate};

    fn page(folder: &Folder, truth: bool, painters: &[Painter]) -> String {
        let set = folder.load(SetOptions { truth, ..options(32) });
        let stop = AtomicBool::new(false);
        let evaluation = evaluate(&set, painters, &EvaluateOptions::default(), &stop, |_| ()).unwrap();
        html(&set, &evaluation, painters, "A & B <test>", &stop).unwrap()
    }

    fn folder() -> Folder {
        Folder::new().blobs("indian/a.png", 40, 40, 1).blobs("sky/b.png", 40, 40, 2)
    }

    #[test]
    fn the_page_asks_nothing_of_a_network() {
        let other = folder();
        let painters =
            [Painter::gray(), Painter::predictions("x<y", other.path()).unwrap(), Painter::truth()];
        let page = page(&folder(), true, &painters);
        for outside in ["http://", "https://", "src=\"/", "url(", "@import", "<link"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("A &amp; B &lt;test&gt;") && page.contains("x&lt;y") && !page.contains("x<y"));
    }

    #[test]
    fn every_row_shows_every_picture_and_sliders_compare_with_the_truth() {
        let other = folder();
        let painters = [Painter::gray(), Painter::predictions("x", other.path()).unwrap(), Painter::truth()];
        let page = page(&folder(), true, &painters);
        // Two pictures, three rows: once in the row's own part, once on the sheet.
        assert_eq!(page.matches("data:image/jpeg").count(), 2 * 3 * 2);
        assert_eq!(page.matches("data-left=\"2\" data-right=\"1\"").count(), 2);
        assert_eq!(page.matches("<svg").count(), 2, "dots and bars, but no curve without hints");
    }

    #[test]
    fn without_a_truth_there_is_a_contact_sheet() {
        let page = page(&folder(), false, &[Painter::gray()]);
        assert!(page.contains("Contact sheet, 2 of 2") && page.contains("without a truth"));
        assert!(!page.contains("ΔE00"), "no figure that needs a truth");
    }
}
