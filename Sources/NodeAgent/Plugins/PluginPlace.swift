import EXAConf
import JobEngine
import NodeCommands
import Posix

#if canImport(Glibc)
import Glibc
#endif

/// Where a plugin goes: a folder of a bucket, which belongs to somebody who may be changing it meanwhile.
struct PluginPlace {
    let name: String
    private let target: Place
    /// Who gets what is made; `nil` when the daemon cannot give it away.
    let owner: (user: uid_t, group: gid_t)?

    /// What is being copied has this name until it is whole.
    var temporary: String { ".\(name).new" }

    /// The place a command names.
    init(_ plugin: BucketPlugin, _ root: InstallationRoot) throws(ActionError) {
        name = plugin.name
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw .argument("name", "must be a plain name")
        }
        do throws(InstallError) {
            target = try root.place(.bucket, plugin.folder)
        } catch {
            throw .failed(code: 2, message: error.description)
        }
        guard target.names.count > 2 else { throw .argument("folder", "must be a folder of a bucket") }
        let ids = plugin.owner ?? []
        guard geteuid() == 0, ids.count == 2 else {
            owner = nil
            return
        }
        guard EXAConf.Owner(user: ids[0], group: ids[1]).canServe else {
            throw .argument("owner", "must be an account other than root")
        }
        owner = (uid_t(ids[0]), gid_t(ids[1]))
    }

    /// Opens the folder, made with those above it when it is missing; the bucket has to be one.
    func folder(_ root: InstallationRoot) throws(SystemFault) -> Descriptor {
        var folder = try Descriptor.trusted(root.top(of: target))
        for (index, name) in target.names.enumerated() {
            // The folders of the service, of the bucket and in it are its owner's.
            let isTheirs = index >= target.names.count - 3
            let (inner, isNew) = try folder.makeFolder(name, mode: isTheirs ? 0o700 : 0o711)
            if isNew, isTheirs { try give(inner) }
            if index == target.names.count - 2 { try claim(inner, isNew: isNew) }
            folder = inner
        }
        return folder
    }

    /// The folder, when it is there.
    func present(_ root: InstallationRoot) throws(SystemFault) -> Descriptor? {
        do throws(SystemFault) {
            return try Descriptor.trusted(root.top(of: target)).folder(beneath: target.names)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// Marks a new bucket as one; what holds something and has no mark is none.
    private func claim(_ bucket: Descriptor, isNew: Bool) throws(SystemFault) {
        let isEmpty = try Tree.isEmpty(bucket)
        guard isNew || isEmpty || bucket.has(Bucket.markName) else { throw SystemFault(ENOTDIR) }
        let (mark, isUnmarked) = try bucket.makeFolder(Bucket.markName, mode: 0o700)
        if isUnmarked { try give(mark) }
    }

    private func give(_ folder: Descriptor) throws(SystemFault) {
        if let owner { try folder.give(to: owner.user, group: owner.group) }
    }

    /// Does it, and tells a fault of the system to the caller of the job.
    func reporting(_ work: () throws(SystemFault) -> Void) throws(ActionError) {
        do throws(SystemFault) {
            try work()
        } catch  where error.code == EEXIST {
            throw .refused(JobError(.objectExists, "\(target)/\(name) is there already."))
        } catch  where error.code == ECANCELED {
            throw .cancelled
        } catch  where [ELOOP, ENOTDIR].contains(error.code) {
            throw .failed(
                code: 1, message: "\(target) cannot be used: a step of the way is a link, or is no folder of a bucket.")
        } catch {
            throw .failed(code: 1, message: "\(target)/\(name) could not be made or removed: \(error).")
        }
    }
}
