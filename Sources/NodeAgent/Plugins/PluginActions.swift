package import JobEngine

#if canImport(Glibc)
import Glibc
#endif

/// `plugin.install`: copies a plugin (`name`) from the stock, `DIR/plugins`, into a folder (`folder`, below `/exa`).
package struct PluginInstall: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "plugin.install"

    /// Answers null. What is copied gets its name last: a plugin is there as a whole or not at all.
    ///
    /// - Throws: `refused` when the stock has no such plugin or the folder has it already.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let place = try PluginPlace(call)
        guard access(place.stock, R_OK) == 0 else {
            throw .refused(
                JobError(.objectMissing, "There is no plugin \(place.name) in /exa/plugins: put its file there first."))
        }
        guard access(place.target, F_OK) != 0 else {
            throw .refused(JobError(.objectExists, "\(place.shown) is there already."))
        }
        try Folder.make(place.folder, below: call.root.directory, for: nil)
        try await place.clear(place.temporary, call)
        try await ExternalProgram.succeed("/bin/cp", ["-R", "-P", "--", place.stock, place.temporary], call)
        guard rename(place.temporary, place.target) == 0 else {
            throw .failed(code: 1, message: "\(place.shown) could not be made: \(String(cString: strerror(errno))).")
        }
        return .null
    }
}

/// `plugin.remove`: removes a plugin (`name`) from a folder (`folder`, below `/exa`); also takes ``PluginInstall``
/// back.
package struct PluginRemove: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "plugin.remove"

    /// Answers null, also when there is no such plugin.
    ///
    /// - Throws: `failed` when it cannot be removed.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let place = try PluginPlace(call)
        try await place.clear(place.temporary, call)
        try await place.clear(place.target, call)
        return .null
    }
}

/// Where a plugin comes from and where it goes.
private struct PluginPlace {
    let name: String
    /// As in the configuration, for messages.
    let shown: String
    let stock: String
    let folder: String

    var target: String { "\(folder)/\(name)" }
    var temporary: String { "\(folder)/.\(name).new" }

    init(_ call: ActionCall) throws(ActionError) {
        name = try call.text("name")
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw .argument("name", "must be a plain name")
        }
        shown = try "\(call.text("folder"))/\(name)"
        stock = "\(call.root.directory)/plugins/\(name)"
        folder = try call.path("folder")
    }

    func clear(_ path: String, _ call: ActionCall) async throws(ActionError) {
        try await ExternalProgram.succeed("/bin/rm", ["-rf", "--", path], call)
    }
}
