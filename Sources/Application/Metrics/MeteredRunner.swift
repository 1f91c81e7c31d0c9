package import Access
package import EXAConf
package import JobEngine
package import Waiting

/// A node runner whose distribution of revisions is timed.
package struct MeteredRunner: NodeRunner {
    private let runner: any NodeRunner
    private let metrics: DaemonMetrics
    private let time: any TimeSource

    /// Passes everything on to `runner` and its answers back.
    package init(_ runner: any NodeRunner, _ metrics: DaemonMetrics, time: any TimeSource) {
        self.runner = runner
        self.metrics = metrics
        self.time = time
    }

    package var thread: SerialThread? { runner.thread }

    package func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        let begin = time.monotonic
        do throws(InstallError) {
            let nodes = try await runner.install(revision, of: document, suspended: suspended)
            metrics.installs["ok"].observe(time.monotonic - begin)
            return nodes
        } catch {
            metrics.installs["failed"].observe(time.monotonic - begin)
            throw error
        }
    }

    package func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        await runner.run(command, job: job, step: step, report: report)
    }

    package func readConfiguration() async throws(InstallError) -> [UInt8]? { try await runner.readConfiguration() }

    package func configurationWasTouched() async -> Bool { await runner.configurationWasTouched() }

    /// What the runner hears of other nodes.
    package func acknowledgements() -> AsyncStream<NodeAcknowledgement> { runner.acknowledgements() }

    /// Passes the word on.
    package func acknowledge(_ revision: NodeAcknowledgement) async { await runner.acknowledge(revision) }

    /// Passes the edit on.
    ///
    /// - Throws: ``JobError`` of the runner.
    package func handEdit(_ text: [UInt8]) async throws(JobError) -> Int { try await runner.handEdit(text) }

    /// Passes on to which nodes something is owed.
    package func holdBack(_ nodes: Set<Int>) { runner.holdBack(nodes) }

    /// Passes it on.
    package func handOn(_ need: NodeNeed) async -> Bool { await runner.handOn(need) }

    /// Has the runner keep the file.
    package func keepEdit() async { await runner.keepEdit() }
}
