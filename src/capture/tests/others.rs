//! What must hold for the formats other than the common two.

use super::*;

/// The other formats and layouts: damage never gives more than there is, whatever the buffers.
#[test]
fn flipped_bits_in_the_other_formats() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut files = vec![netmon::sample(0), netmon::sample(1), netmon::sample(3), erf::sample(), snoop::sample()];
    for (magic, more) in [(0xa1b2_c3d4, 4), (0xa1b2_c3d4, 8), (0xa1b2_cd34, 12), (0x1c00_01ac, 0)] {
        files.extend(BOTH.map(|order| layouts::sample(order, magic, more)));
    }
    for file in files {
        assert!(!frames(&cut_whole(&file)).is_empty() && damage(&cut_whole(&file)).is_empty());
        for round in 0..300 {
            let mut file = file.clone();
            for _ in 0..1 + round % 6 {
                let at = random.next() as usize % file.len();
                file[at] ^= 1 << (random.next() % 8);
            }
            if round % 7 == 6 {
                let at = random.next() as usize % file.len();
                file.drain(at..(at + random.next() as usize % 60).min(file.len()));
            }
            let most = 1 + random.next() as usize % 90;
            // Damage may hit what tells the format.
            let Ok(items) = cut_in_steps(&file, &mut || file.len()) else { continue };
            let held: u64 = items.iter().map(|item| if let Seen::Frame(.., bytes) = item { bytes.len() as u64 } else { 0 }).sum();
            let skipped: u64 = damage(&items).iter().map(|(.., skipped)| skipped).sum();
            assert!(held + skipped <= file.len() as u64);
            assert!(damage(&items).iter().all(|(_, offset, _)| *offset <= file.len() as u64));
            assert_eq!(cut_in_steps(&file, &mut || 1 + random.next() as usize % most).unwrap(), items);
        }
    }
}
