/// A term of office: who may append, and since when.
package struct Term: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Which etcd of the cluster it is in.
    package let generation: Int
    /// The revision of that etcd that created the master's key.
    package let epoch: Int

    /// A term; an epoch alone would begin anew with a new etcd.
    package init(generation: Int, epoch: Int) {
        self.generation = generation
        self.epoch = epoch
    }

    package static func < (left: Term, right: Term) -> Bool {
        (left.generation, left.epoch) < (right.generation, right.epoch)
    }

    package var description: String { "\(generation).\(epoch)" }
}
