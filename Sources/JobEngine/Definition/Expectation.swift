package import Values

/// A state of the cluster that a job waits for, in place of a command: the step has no effect on any node.
///
/// It is kept by nobody but the process. A master that takes the job up has the job examined anew, which finds that it is so
/// by now, or what is to be waited for with the rest of the time.
package struct Expectation: Sendable {
    /// What is still to come in a state of the cluster; empty once it is as it is to be.
    package let obstacles: @Sendable (ClusterStatus) -> [JobRecord.Obstacle]
    /// How long is waited, from the moment on at which the job began first.
    package var patience: Duration
    /// The node this one hands over to before it waits: not before jobs have ended whose secrets it alone has. `nil` when
    /// nothing is to be brought about.
    package var successor: Int?
    /// What ends the job when the time is over, from what was in the way last.
    package var failure: @Sendable ([JobRecord.Obstacle]) -> JobError

    /// A wait for a state that comes by itself.
    package init(
        for patience: Duration, failure: @escaping @Sendable ([JobRecord.Obstacle]) -> JobError,
        obstacles: @escaping @Sendable (ClusterStatus) -> [JobRecord.Obstacle]
    ) {
        self.patience = patience
        self.failure = failure
        self.obstacles = obstacles
    }
}

extension Plan {
    /// A plan that waits and does nothing else.
    ///
    /// - Parameters:
    ///   - node: This node, which looks whether it is so.
    ///   - arguments: What is waited for, for whoever reads the record.
    ///   - output: What the job answers then.
    package init(awaiting expectation: Expectation, on node: Int, _ arguments: [String: Value], output: Value?) {
        // The time is kept by the wait itself.
        self.init(commands: [Command(CommandRecord.wait, on: node, arguments, deadline: expectation.patience)]) {
            (_) throws(JobError) in output
        }
        self.expectation = expectation
    }
}

extension JobRecord.Obstacle {
    /// A node is not as it is to be.
    package static func node(_ id: Int) -> JobRecord.Obstacle { JobRecord.Obstacle(kind: "node", name: "node \(id)") }
    /// The node that is not as it is to be; `nil` when something else is in the way.
    package var nodeID: Int? { kind == "node" ? Int(name.dropFirst("node ".count)) : nil }
    /// A job has to end first.
    package static func job(_ id: JobID) -> JobRecord.Obstacle {
        JobRecord.Obstacle(kind: "job", name: id.description, holder: id)
    }
}
