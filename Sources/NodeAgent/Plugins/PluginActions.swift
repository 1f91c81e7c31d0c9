import JobEngine
import NodeCommands
import Posix

#if canImport(Glibc)
import Glibc
#endif

extension PluginInstall: NodeAction {
    /// What is copied gets its name last: a plugin is there as a whole or not at all.
    ///
    /// - Throws: `refused` when the stock has no such plugin or the folder has it already.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let place = try PluginPlace(self.place, call.root)
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
        return NoAnswer()
    }
}

extension PluginRemove: NodeAction {
    /// Nothing is done when there is no such plugin.
    ///
    /// - Throws: `failed` when it cannot be removed.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let place = try PluginPlace(self.place, call.root)
        try place.reporting { () throws(SystemFault) in
            guard let folder = try place.present(call.root) else { return }
            try Tree.remove(place.temporary, in: folder)
            try Tree.remove(place.name, in: folder)
        }
        return NoAnswer()
    }
}
