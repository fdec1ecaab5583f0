//! The order in which a pass takes the nodes of a trie: branch by branch.
//!
//! A branch is what hangs on one node whose parent is not in the pass: its rows read each other's
//! keys and values, and none of another branch. Within it nodes stay in the trie's order, so a
//! parent stands before its children.

use std::ops::Range;

/// Room to sort the nodes of a pass.
#[derive(Default)]
pub struct BranchOrder {
    /// By node of the pass: its branch, numbered as branches begin.
    branch: Vec<usize>,
    /// By branch: where its next node goes.
    next: Vec<usize>,
    nodes: Vec<usize>,
}

impl BranchOrder {
    /// The nodes, branch by branch; `parent` as of a checked trie, and node 0 left out.
    pub fn sort(&mut self, parent: &[i32], nodes: Range<usize>) -> &[usize] {
        let Self { branch, next, nodes: sorted } = self;
        let first = nodes.start.max(1);
        branch.clear();
        next.clear();
        for &parent in parent.iter().take(nodes.end).skip(first) {
            let of_parent = (parent as usize).checked_sub(first).map(|place| branch[place]);
            let own = of_parent.unwrap_or(next.len());
            if own == next.len() {
                next.push(0);
            }
            next[own] += 1;
            branch.push(own);
        }
        let mut start = 0;
        for next in &mut *next {
            start += std::mem::replace(next, start);
        }
        sorted.clear();
        sorted.resize(branch.len(), 0);
        for (node, &branch) in (first..).zip(&*branch) {
            sorted[next[branch]] = node;
            next[branch] += 1;
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::BranchOrder;

    #[test]
    fn branches_come_one_after_another_with_parents_first() {
        let parent = [-1, 0, 0, 1, 2, 1, 3, 4];
        let mut order = BranchOrder::default();
        assert_eq!(order.sort(&parent, 0..8), [1, 3, 5, 6, 2, 4, 7]);
        assert_eq!(order.sort(&parent, 3..8), [3, 6, 4, 7, 5], "parents of an earlier pass");
        assert_eq!(order.sort(&parent, 0..1), []);
    }
}
