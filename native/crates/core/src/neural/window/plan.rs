//! How the rows of a pass are cut into tiles.
//!
//! Rows come branch by branch, and a row reads rows of its own branch alone, earlier ones. So a
//! tile of whole branches waits for no other; a branch too long for a tile goes into several, of
//! which each reads those before:
//!
//! ```text
//!   branches   |  a  |  b  |        c         | d | e |
//!   tiles      |     0     |   1   |    2     |   3   |      2 reads 1, the others only themselves
//! ```

use std::ops::Range;

/// Rows of a tile at most: the weights of a layer are read once for all of them.
pub const TILE_ROWS: usize = 96;

/// Rows that go through the layers together.
#[derive(Clone, Debug)]
pub struct Tile {
    pub rows: Range<usize>,
    /// The first tile whose rows these read; the tile itself where its branches are whole.
    pub reads_from: usize,
}

/// Tiles that so many rows are cut into for so many threads, where branches were no matter.
fn even_tiles(rows: usize, threads: usize) -> usize {
    rows.div_ceil(TILE_ROWS).next_multiple_of(threads)
}

/// Most tiles that `cut` makes of so many rows: two neighbours hold more than one even tile.
pub fn tiles_max(rows: usize, threads: usize) -> usize {
    2 * even_tiles(rows, threads) + 1
}

/// Cuts `rows` rows, whose branches begin at `branches`, for so many threads.
pub fn cut(branches: &[usize], rows: usize, threads: usize, tiles: &mut Vec<Tile>) {
    tiles.clear();
    let even = rows.div_ceil(even_tiles(rows, threads).max(1));
    // Fewer branches than threads would leave some idle.
    let longest = if branches.len() < threads { even } else { TILE_ROWS };
    let (mut first, mut reads_from) = (0, 0);
    let ends = branches.iter().skip(1).copied().chain([rows]);
    for (&start, end) in branches.iter().zip(ends) {
        let is_full = start - first >= even;
        let fits = end - first <= longest || end - start > longest;
        if start > first && (is_full || !fits) {
            tiles.push(Tile { rows: first..start, reads_from });
            first = start;
        }
        if start == first {
            reads_from = tiles.len();
        }
        let began_in = tiles.len();
        while end - first > longest {
            tiles.push(Tile { rows: first..first + longest, reads_from });
            first += longest;
            reads_from = began_in;
        }
    }
    if first < rows {
        tiles.push(Tile { rows: first..rows, reads_from });
    }
}

#[cfg(test)]
mod tests {
    use super::{TILE_ROWS, Tile, cut, tiles_max};
    use crate::threefry::threefry;

    fn plan(lengths: &[usize], threads: usize) -> (Vec<usize>, Vec<Tile>) {
        let branches: Vec<usize> =
            (0..lengths.len()).map(|branch| lengths[..branch].iter().sum()).collect();
        let mut tiles = Vec::new();
        cut(&branches, lengths.iter().sum(), threads, &mut tiles);
        (branches, tiles)
    }

    #[test]
    fn a_tile_waits_for_all_it_reads_or_it_would_read_keys_before_they_are_there() {
        let mut counter = 0;
        let mut random = |below: usize| {
            counter += 1;
            threefry([9, 9], counter, [0]).0[0] as usize % below
        };
        for round in 0..2000 {
            let longest = [1, 8, 70, 300][round % 4];
            let lengths: Vec<usize> = (0..1 + random(20)).map(|_| 1 + random(longest)).collect();
            let (threads, rows) = (1 + random(4), lengths.iter().sum());
            let (branches, tiles) = plan(&lengths, threads);
            assert!(tiles.len() <= tiles_max(rows, threads), "{lengths:?}: {tiles:?}");
            let mut next = 0;
            for (index, tile) in tiles.iter().enumerate() {
                assert_eq!(tile.rows.start, next, "rows are in one tile each");
                next = tile.rows.end;
                assert!((1..=TILE_ROWS).contains(&tile.rows.len()) && tile.reads_from <= index);
                for row in tile.rows.clone() {
                    let branch = branches.iter().rev().find(|&&start| start <= row);
                    let reads = tiles.iter().position(|tile| tile.rows.contains(branch.unwrap()));
                    assert!(tile.reads_from <= reads.unwrap(), "{lengths:?}: {tiles:?}");
                }
            }
            assert_eq!(next, rows);
        }
    }

    #[test]
    fn whole_branches_wait_for_nobody_and_every_thread_has_work() {
        let (_, tiles) = plan(&[64; 16], 2);
        assert_eq!(tiles.len(), 16);
        assert!(tiles.iter().enumerate().all(|(index, tile)| tile.reads_from == index));
        assert_eq!(plan(&[8; 16], 2).1.len(), 2);
        assert_eq!(plan(&[64], 2).1.len(), 2, "one branch is shared all the same");
    }
}
