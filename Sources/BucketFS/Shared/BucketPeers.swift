package import JobEngine
package import Posix

/// The other nodes, as far as files of buckets go to them and come from them.
package protocol BucketPeers: Sendable {
    /// This node.
    var node: Int { get }
    /// The other members that are there now; who decides comes first.
    var present: [Int] { get }
    /// Those of them that have all that is needed and are waited for: one on its way into the cluster, or suspended, is not.
    var ready: [Int] { get }
    /// Whether this node decides, as far as it knows.
    var decides: Bool { get }
    /// Whether no member takes part for longer than this node: what it has was there before the cluster.
    func isOldest() async -> Bool
    /// Has an order decided by whoever decides; it is in the log, and in the catalogue of this node, on return.
    ///
    /// - Returns: What is kept, with its time; `nil` for every other order.
    /// - Throws: ``BucketRefusal``; with `later` it may have been done all the same.
    func decide(_ order: BucketOrder) async throws(BucketRefusal) -> BucketEntry?
    /// Returns when the members that are ready have what this node has in its catalogue; not waited for is who does not
    /// answer in time.
    func awaitOthers() async
    /// Has a member take a copy of what this node is about to store; the copy is on its disk on return.
    func offer(_ entry: BucketEntry, to node: Int) async throws(BucketRefusal)
    /// Writes the content a member has into a file; whether it is the right one is for the caller to see. Bounded in time.
    func fetch(_ entry: BucketEntry, from node: Int, into file: Descriptor) async throws(BucketRefusal)
}
