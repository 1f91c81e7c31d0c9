import Glibc
import Posix

/// What is left of an etcd that belongs to no cluster any more: of a node that left, and of a founding that broke off.
extension EtcdFolder {
    private static let patience = 100
    private static let pace = Duration.milliseconds(100)

    /// Ends whatever process works on the data here and removes the folder; where there is none nothing is done.
    ///
    /// Told apart from others by the lock it holds, its account and its data folder: no other process is touched.
    ///
    /// - Throws: `unusable`, and `lockedByStranger` when something holds the lock that is no etcd of this folder, or does not end.
    package func removeLeftover() async throws(EtcdRefusal) {
        guard Path.exists(path) else { return }
        for attempt in 0..<Self.patience {
            if let lock = try takeLock() {
                return try withExtendedLifetime(lock) { () throws(EtcdRefusal) in try remove() }
            }
            let runs = runs
            if runs.isEmpty { throw .lockedByStranger(lock: lock) }
            // It has half the time to end in order.
            for run in runs where attempt == 0 || attempt == Self.patience / 2 {
                try end(run, by: attempt == 0 ? SIGTERM : SIGKILL)
            }
            // Whoever stops meanwhile comes again at the next start.
            do { try await Task.sleep(for: Self.pace) } catch { break }
        }
        throw .lockedByStranger(lock: lock)
    }

    private var runs: [EtcdRun] {
        guard let owner = try? Descriptor.trusted(path).look(at: "data").st_uid else { return [] }
        return ProcessFacts.all().filter { $0.user == owner && $0.arguments.contains(EtcdCommandLine.data(data)) }.map(
            \.run)
    }

    private func end(_ run: EtcdRun, by number: Int32) throws(EtcdRefusal) {
        do throws(SystemFault) {
            try EtcdHold.take(run)?.signal(number)
        } catch {
            throw .unusable(path: path, cause: "its process \(run.id) cannot be ended: \(error)")
        }
    }

    private func remove() throws(EtcdRefusal) {
        do throws(SystemFault) {
            let parent = try Descriptor.trusted(String(path.dropLast("/etcd".count)))
            try Tree.remove("etcd", in: parent)
            try parent.flush()
        } catch {
            throw .unusable(path: path, cause: "\(error)")
        }
    }
}
