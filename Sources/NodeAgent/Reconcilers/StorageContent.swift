import EXAConf
package import JobEngine
import Synchronization

/// Volumes and devices of this machine: those the configuration names are taken up, content it has given up is removed.
package final class StorageContent: Reconciler {
    package let name = "storage"
    package let moment = ReconcilerMoment.beforeAcknowledging
    private let agent: NodeAgent
    /// Most revisions leave storage alone, and so do most jobs.
    private let settled = Mutex<Settled?>(nil)

    /// The state storage was last settled in.
    private struct Settled: Equatable {
        let configuration: Document
        let ledger: FileStatus?
    }

    /// Storage below the agent's root, settled on its thread: no command changes it meanwhile.
    package init(_ agent: NodeAgent) { self.agent = agent }

    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let excerpt = latest.document.storageExcerpt
        let present = Settled(configuration: excerpt, ledger: agent.ledgerStatus)
        if former?.revision != latest.revision, settled.withLock({ $0 }) == present { return }
        let ledger = try await agent.settleStorage(excerpt)
        settled.withLock { $0 = Settled(configuration: excerpt, ledger: ledger) }
    }
}

extension NodeAgent {
    private nonisolated var storage: StorageFolder { StorageFolder(root: root, durable: durable) }

    fileprivate nonisolated var ledgerStatus: FileStatus? { try? durable.files.status(of: storage.ledgerPath) }

    /// - Returns: The ledger as it was left.
    fileprivate func settleStorage(_ excerpt: Document) throws(InstallError) -> FileStatus? {
        try storage.settle(StoragePart(excerpt, node: node), excerpt)
        return ledgerStatus
    }
}
