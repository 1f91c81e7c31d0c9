import EXAConf
import Foundation
import Glibc
import JobEngine

/// The files of storage on this machine: the ledger and the devices below `/exa/data/storage`, and what is in volumes
/// below `/exa/data/volumes`, a folder for each id with a file for each segment.
struct StorageFolder {
    let root: InstallationRoot
    let durable: DurableFile

    var devices: String { root.data + "/storage" }
    var ledgerPath: String { devices + "/.ledger.json" }

    func folder(ofVolume id: Int) -> String { "\(root.data)/volumes/\(id)" }

    func path(ofSegment segment: Int, volume id: Int) -> String { "\(folder(ofVolume: id))/segment.\(segment)" }

    /// Where the file of a device is: names without a slash lie in the storage folder.
    func path(ofDevice name: String) throws(InstallError) -> String {
        try root.location(.device, Disk.path(of: name))
    }

    /// Whether a name leads to a place for devices.
    func isDevice(_ name: String) -> Bool { (try? root.place(.device, Disk.path(of: name))) != nil }

    /// The ledger as it was last written; an empty one before the first time.
    func ledger() throws(InstallError) -> AllocationTable {
        guard let bytes = try durable.read(ledgerPath) else { return AllocationTable() }
        guard let ledger = try? JSONDecoder().decode(AllocationTable.self, from: Data(bytes)), ledger.format == 1 else {
            throw InstallError("\(ledgerPath) is damaged: bring back a copy of it, or move it and the volumes away.")
        }
        return ledger
    }

    func bytes(of ledger: AllocationTable) throws(InstallError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(ledger) else { throw InstallError("The ledger cannot be written.") }
        return Array(data)
    }

    /// The ledger with everything the configuration names, as far as there is space for it.
    func adopted(_ part: StoragePart, except newcomer: String? = nil) throws(InstallError) -> AllocationTable {
        var ledger = try ledger()
        try adopt(part, into: &ledger, except: newcomer)
        return ledger
    }

    /// Takes up what the configuration names; a device that lies elsewhere is none.
    func adopt(
        _ part: StoragePart, into ledger: inout AllocationTable, except newcomer: String? = nil
    ) throws(InstallError) {
        var part = part
        part.disks = part.disks.map { .init(name: $0.name, devices: $0.devices.filter(isDevice)) }
        ledger.adopt(part, free: try fileSystem().free, except: newcomer) { name in
            (try? path(ofDevice: name)).flatMap { size(ofFile: $0) }
        }
    }

    /// What can still be written, and how much of it belongs to volumes already.
    func room(_ ledger: AllocationTable) throws(InstallError) -> AllocationTable.Room {
        var promised = 0
        for volume in ledger.volumes.values {
            for (segment, length) in volume.lengths {
                promised += max(0, length - written(path(ofSegment: segment, volume: volume.id)))
            }
        }
        return AllocationTable.Room(free: try fileSystem().free, promised: promised)
    }

    /// Free and all bytes of the file system the data are on.
    func fileSystem() throws(InstallError) -> (free: Int, total: Int) {
        var status = statvfs()
        for path in [root.data, root.directory] where statvfs(path, &status) == 0 {
            return (
                Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0),
                Int(clamping: UInt64(status.f_blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0)
            )
        }
        throw FileFault.last("look at", root.data).installError
    }

    /// Length of a regular file; nil when there is none.
    func size(ofFile path: String) -> Int? {
        guard let status = try? durable.files.status(of: path), status.isRegular else { return nil }
        return status.size
    }

    /// Bytes of a file that take space.
    private func written(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_blocks) * 512 : 0
    }
}
