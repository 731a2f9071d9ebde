//! Certificates by the days that they had left when last seen: a dot each, on an axis that is widest around the end.
//!
//! ```text
//!            o                 .
//!          o o  |  !   .  .   ..
//!     -------------------------------
//!     -10 y -1 y 0 30 d 90 d 398 d 10 y
//! ```

/// Days and their places; between two of them the axis is even, beyond the outermost it ends.
const AXIS: [(i64, u64); 11] = [
    (-3_650, 20),
    (-1_095, 110),
    (-365, 190),
    (-90, 270),
    (0, 350),
    (30, 440),
    (90, 540),
    (200, 650),
    (398, 760),
    (1_095, 860),
    (3_650, 980),
];
/// Labels of the axis.
const LABELS: [&str; 11] = ["−10 y", "−3 y", "−1 y", "−90 d", "0", "30 d", "90 d", "200 d", "398 d", "3 y", "10 y"];
/// Width of a column of dots.
const COLUMN: u64 = 10;
/// Dots upon one another, at most.
const HIGHEST: u64 = 14;
/// The base line.
pub const BASE: u64 = 156;

/// The dots, drawn.
#[derive(Clone, Debug, Default)]
pub struct ExpiryFigure {
    /// Class and path of all dots of it: `bad` has ended, `warn` has up to 30 days, `good` has more.
    pub dots: Vec<(&'static str, String)>,
    /// Certificates that a dot stands for, at most.
    pub each: u64,
    /// Labels of the axis.
    pub ticks: Vec<(u64, &'static str)>,
    /// Where the end is, and where 30 days are left.
    pub marks: [u64; 2],
}

/// The place of a number of days.
fn place(days: i64) -> u64 {
    let (first, last) = (AXIS[0], AXIS[AXIS.len() - 1]);
    let days = days.clamp(first.0, last.0);
    let pair = AXIS.windows(2).find(|pair| days <= pair[1].0).unwrap_or(&AXIS[AXIS.len() - 2..]);
    let (from, to) = (pair[0], pair[1]);
    from.1 + (to.1 - from.1) * days.abs_diff(from.0) / to.0.abs_diff(from.0)
}

/// The columns of dots, as certificates by place on the axis and class: what [`draw`] takes.
pub fn columns(days: impl Iterator<Item = i64>) -> Vec<(u64, &'static str, u64)> {
    let mut columns = std::collections::BTreeMap::new();
    for days in days {
        let class = match days {
            ..0 => "bad",
            0..=30 => "warn",
            _ => "good",
        };
        *columns.entry((place(days) / COLUMN, class)).or_insert(0u64) += 1;
    }
    columns.into_iter().map(|((column, class), count)| (column, class, count)).collect()
}

/// Draws the dots; `None` where there is no certificate.
pub fn draw(columns: &[(u64, &'static str, u64)]) -> Option<ExpiryFigure> {
    let highest = columns.iter().map(|column| column.2).max()?;
    let each = highest.div_ceil(HIGHEST);
    let mut dots = [("bad", String::new()), ("warn", String::new()), ("good", String::new())];
    let mut before = (u64::MAX, 0);
    for (column, class, count) in columns {
        // Two classes meet in one column: the second stands on the first.
        let from = if before.0 == *column { before.1 } else { 0 };
        let to = from + count.div_ceil(each);
        before = (*column, to);
        if let Some(dots) = dots.iter_mut().find(|dots| dots.0 == *class) {
            for dot in from..to {
                dots.1 += &format!("M{} {}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", column * COLUMN + 1, BASE.saturating_sub(6 + dot * 10));
            }
        }
    }
    Some(ExpiryFigure {
        dots: dots.into_iter().filter(|(_, path)| !path.is_empty()).collect(),
        each,
        ticks: AXIS.iter().zip(LABELS).map(|((_, x), label)| (*x, label)).collect(),
        marks: [place(0), place(30)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_a_place_in_order() {
        for ((days, x), label) in AXIS.iter().zip(LABELS) {
            assert_eq!(place(*days), *x, "{label}");
        }
        assert_eq!((place(i64::MIN), place(i64::MAX), place(15)), (20, 980, 395));
        assert!((-4_000..4_000i64).all(|days| place(days) <= place(days + 1)));
    }

    #[test]
    fn every_certificate_is_in_a_dot() {
        let days = [-1, -1, -2, 3, 3, 900];
        let columns = columns(days.into_iter());
        assert_eq!(columns.iter().map(|column| column.2).sum::<u64>(), 6);
        let figure = draw(&columns).unwrap();
        let dots = |class: &str| figure.dots.iter().find(|dots| dots.0 == class).unwrap().1.matches('M').count();
        assert_eq!((figure.each, dots("bad"), dots("warn"), dots("good")), (1, 3, 2, 1));
        assert_eq!(draw(&[(3, "bad", 1_000)]).unwrap().each, 72);
        assert!(draw(&[]).is_none());
    }
}
