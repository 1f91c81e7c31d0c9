import Waiting

/// The archive of a daemon, whoever moves jobs there by now: a node that becomes one of a cluster has it follow the log from one
/// batch to the next.
package final class ArchiveInForce: JobArchive {
    private let inForce: InForce<any JobArchive>

    /// Who moves jobs at first.
    package init(_ archive: any JobArchive) {
        inForce = InForce(archive)
    }

    /// Has somebody else move jobs: a batch under way is waited for, and the next one waits until that is made.
    ///
    /// - Throws: What `make` throws; nothing changes then.
    package func change<Failure: Error>(
        _ make: (any JobArchive) async throws(Failure) -> any JobArchive
    ) async throws(Failure) {
        try await inForce.change(make)
    }

    package func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch {
        try await inForce.use { (archive) async throws(StoreError) in try await archive.archive(due) }
    }
}
