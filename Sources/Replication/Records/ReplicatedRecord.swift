package import JobEngine

/// One thing every node of a cluster is told by the log.
package enum ReplicatedRecord: Sendable, Hashable {
    /// What an engine decided.
    case engine(LogRecord)
}
