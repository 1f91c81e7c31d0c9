import JobEngine

/// Bringing the content of a segment from one node to another.
enum SegmentTransfer {
    /// What a job says that would need it.
    static let missing = JobError(
        .unsupported,
        "The content of segments would have to be copied from node to node, for which there is no connection between the "
            + "nodes' storage here. Make a volume on the nodes in question, and restore a backup into it.")
}
