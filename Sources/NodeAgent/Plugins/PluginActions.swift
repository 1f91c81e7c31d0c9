import JobEngine
import Posix
package import Values

#if canImport(Glibc)
import Glibc
#endif

/// `plugin.install`: copies a plugin (`name`) from the stock, `DIR/plugins`, into a folder of a bucket (`folder`, below
/// `/exa`) that belongs to an `owner` (user and group).
package struct PluginInstall: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "plugin.install"

    /// Answers null. What is copied gets its name last: a plugin is there as a whole or not at all.
    ///
    /// - Throws: `refused` when the stock has no such plugin or the folder has it already.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let place = try PluginPlace(call)
        guard let stock = try? Descriptor.trusted("\(call.root.directory)/plugins"), stock.has(place.name) else {
            throw .refused(
                JobError(.objectMissing, "There is no plugin \(place.name) in /exa/plugins: put its file there first."))
        }
        try place.reporting { () throws(SystemFault) in
            let folder = try place.folder(call.root)
            if folder.has(place.name) { throw SystemFault(EEXIST) }
            try Tree.remove(place.temporary, in: folder)
            let copy = TreeCopy(owner: place.owner) { (try? call.check()) != nil }
            try copy.copy(place.name, in: stock, to: place.temporary, in: folder)
            guard renameat(folder.number, place.temporary, folder.number, place.name) == 0 else { throw SystemFault() }
            try folder.flush()
        }
        return .null
    }
}

/// `plugin.remove`: removes a plugin (`name`) from a folder of a bucket (`folder`, below `/exa`); also takes
/// ``PluginInstall`` back.
package struct PluginRemove: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "plugin.remove"

    /// Answers null, also when there is no such plugin.
    ///
    /// - Throws: `failed` when it cannot be removed.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let place = try PluginPlace(call)
        try place.reporting { () throws(SystemFault) in
            guard let folder = try place.present(call.root) else { return }
            try Tree.remove(place.temporary, in: folder)
            try Tree.remove(place.name, in: folder)
        }
        return .null
    }
}
