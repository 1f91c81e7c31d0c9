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
    package func removeLeftover() async throws(EtcdRefusal) { try await end { () throws(EtcdRefusal) in try remove() } }

    /// Ends whatever process works on the data here and moves the folder to another place, where nothing is started on it;
    /// where there is none nothing is done.
    ///
    /// - Parameters:
    ///   - generation: Nothing is done to data of this generation or a later one, or of none that is known; `.max` has all data
    ///     moved.
    ///   - parent: A folder of the daemon alone, in the same file system.
    /// - Returns: Where it is now, `nil` when there was nothing to be moved.
    /// - Throws: `unusable`, and `lockedByStranger` as for what is removed.
    @discardableResult
    package func putAside(before generation: Int, into parent: String) async throws(EtcdRefusal) -> String? {
        guard Path.exists(path) else { return nil }
        // What nobody can read is not in the way of whoever wants all of it away; others leave it alone.
        let found = (try? record())??.identity.generation
        guard generation == .max || found.map({ $0 < generation }) ?? false else { return nil }
        var place: String?
        try await end { () throws(EtcdRefusal) in place = try move(into: parent, as: "etcd.generation-\(found ?? 0)") }
        return place
    }

    private func move(into parent: String, as name: String) throws(EtcdRefusal) -> String {
        // As many as there are recoveries of one generation that broke off.
        var (place, count) = ("\(parent)/\(name)", 1)
        while Path.exists(place) {
            count += 1
            place = "\(parent)/\(name)-\(count)"
        }
        do throws(SystemFault) {
            guard rename(path, place) == 0 else { throw SystemFault() }
            for folder in [parent, String(path.dropLast("/etcd".count))] { try Descriptor.trusted(folder).flush() }
        } catch {
            throw .unusable(path: path, cause: "it cannot be moved to \(place): \(error)")
        }
        return place
    }

    private func end(then work: () throws(EtcdRefusal) -> Void) async throws(EtcdRefusal) {
        guard Path.exists(path) else { return }
        for attempt in 0..<Self.patience {
            if let lock = try takeLock() {
                return try withExtendedLifetime(lock) { () throws(EtcdRefusal) in try work() }
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
