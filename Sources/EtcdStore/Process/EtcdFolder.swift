import Glibc
import Posix

/// The folder of this node's etcd. The account of etcd passes it and has one folder in it, that of the data; all else is the
/// daemon's, so that nothing is put in its way.
package struct EtcdFolder: Sendable, Hashable {
    /// `DIR/etcd`.
    package let path: String
    /// What etcd writes, `DIR/logs/etcd.log`.
    package let log: String

    /// Of an installation.
    package init(root: String) {
        (path, log) = (root + "/etcd", root + "/logs/etcd.log")
    }

    static let recordFile = "member.json"
    static let processFile = "etcd.pid"
    static let lockFile = "etcd.lock"

    /// Where etcd keeps what it knows.
    var data: String { path + "/data" }
    /// Where its certificate files are.
    var tls: String { path + "/tls" }
    var lock: String { "\(path)/\(Self.lockFile)" }

    /// Makes the folders, and gives them the modes they have to have.
    func prepare(for account: EtcdAccount) throws(EtcdRefusal) {
        let mode: mode_t = account.ids == nil ? 0o700 : 0o710
        let (parent, name) = (String(path.dropLast("/etcd".count)), "etcd")
        try told(path) { () throws(SystemFault) in
            let folder = try Descriptor.trusted(parent).makeFolder(name, mode: mode).folder
            try settle(folder, mode: mode, for: account)
            try settle(try folder.makeFolder("tls", mode: mode).folder, mode: mode, for: account)
            let data = try folder.makeFolder("data", mode: 0o700).folder
            try data.setMode(0o700)
            // One of a former account is left to its owner, and etcd will say that it may not read it.
            if let ids = account.ids, try data.look().st_uid == geteuid(), try Tree.isEmpty(data) {
                try data.give(to: ids.user, group: ids.group)
            }
        }
    }

    private func settle(
        _ folder: Descriptor, mode: mode_t, for account: EtcdAccount
    ) throws(SystemFault) {
        if let ids = account.ids { try folder.give(to: geteuid(), group: ids.group) }
        try folder.setMode(mode)
    }

    /// Puts certificate files in the place of the former ones.
    func install(_ tls: EtcdTLS, for account: EtcdAccount) throws(EtcdRefusal) {
        let files: [(name: String, text: String, mode: mode_t)] = [
            (EtcdTLS.authorityFile, tls.authority, 0o644), (EtcdTLS.revocationsFile, tls.revocations, 0o644),
            (EtcdTLS.nodeFile, tls.certificate + tls.key, account.ids == nil ? 0o600 : 0o640),
        ]
        try told(self.tls) { () throws(SystemFault) in
            let folder = try Descriptor.trusted(self.tls)
            for file in files { try put(file.name, Array(file.text.utf8), in: folder, mode: file.mode, for: account) }
            try folder.flush()
        }
    }

    /// The account may read it and not change it; it is never there with other rights.
    private func put(
        _ name: String, _ bytes: [UInt8], in folder: Descriptor, mode: mode_t, for account: EtcdAccount
    ) throws(SystemFault) {
        let temporary = ".\(name).new"
        unlinkat(folder.number, temporary, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try Descriptor(openat(folder.number, temporary, flags, 0o600))
        try file.write(bytes[...])
        if let ids = account.ids { try file.give(to: geteuid(), group: ids.group) }
        try file.setMode(mode)
        try file.flush()
        guard renameat(folder.number, temporary, folder.number, name) == 0 else { throw SystemFault() }
    }

    /// Says that a file is missing without which etcd would not start.
    func requireTLS() throws(EtcdRefusal) {
        for name in [EtcdTLS.nodeFile, EtcdTLS.authorityFile, EtcdTLS.revocationsFile]
        where !Path.exists("\(tls)/\(name)") {
            throw .unusable(path: "\(tls)/\(name)", cause: "it is missing")
        }
    }

    /// Whether a member has begun here.
    func hasData() throws(EtcdRefusal) -> Bool {
        try told(data) { () throws(SystemFault) in try Descriptor.trusted(data).has("member") }
    }

    /// Removes what a member had that is none any more. Whoever does it has the lock, so that no process works on it.
    func removeData() throws(EtcdRefusal) {
        try told(data) { () throws(SystemFault) in
            let folder = try Descriptor.trusted(path)
            try Tree.remove("data", in: folder)
            try folder.flush()
        }
    }

    /// What etcd knows the member by that has begun here, where it is one that others have let in.
    package var admitted: EtcdMemberID? { (try? record())??.member }

    /// When names in the data folder last changed; the same as before when nothing was ever made there.
    func dataChanged() -> [Int]? {
        guard let found = try? Descriptor.trusted(data).look() else { return nil }
        return [found.st_mtim.tv_sec, found.st_mtim.tv_nsec]
    }

    /// - Throws: `unusable` also for one that is damaged.
    func record() throws(EtcdRefusal) -> EtcdFolderRecord? {
        guard let bytes = try read(Self.recordFile) else { return nil }
        guard let record = EtcdFolderRecord(reading: bytes) else {
            throw .unusable(path: "\(path)/\(Self.recordFile)", cause: "it is damaged")
        }
        return record
    }

    func write(_ record: EtcdFolderRecord) throws(EtcdRefusal) { try write(Self.recordFile, record.bytes) }

    /// The process that was started last.
    func lastRun() throws(EtcdRefusal) -> EtcdRun? { try read(Self.processFile).flatMap { EtcdRun(reading: $0) } }

    func write(_ run: EtcdRun) throws(EtcdRefusal) { try write(Self.processFile, run.bytes) }

    func remove(_ name: String) {
        guard let folder = try? Descriptor.trusted(path) else { return }
        unlinkat(folder.number, name, 0)
        try? folder.flush()
    }

    /// The lock, when nobody has it. It is held as long as the descriptor is open, in this process or in one it is
    /// handed to.
    func takeLock() throws(EtcdRefusal) -> Descriptor? {
        try told(lock) { () throws(SystemFault) in
            let file = try Descriptor.file(lock, O_RDWR | O_CREAT | O_NOFOLLOW)
            while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
                if errno == EWOULDBLOCK { return nil }
                guard errno == EINTR else { throw SystemFault() }
            }
            return file
        }
    }

    private func read(_ name: String) throws(EtcdRefusal) -> [UInt8]? {
        try told("\(path)/\(name)") { () throws(SystemFault) in
            do throws(SystemFault) {
                return try Descriptor.content(of: "\(path)/\(name)", upTo: 4096)
            } catch  where error.code == ENOENT {
                return nil
            }
        }
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws(EtcdRefusal) {
        try told("\(path)/\(name)") { () throws(SystemFault) in
            try Descriptor.trusted(path).replace(name, by: bytes, mode: 0o600)
        }
    }

    private func told<Result>(
        _ path: String, _ work: () throws(SystemFault) -> Result
    ) throws(EtcdRefusal) -> Result {
        do throws(SystemFault) {
            return try work()
        } catch {
            throw .unusable(path: path, cause: "\(error)")
        }
    }
}
