import Posix

/// A folder below one of the operator's: no step of the way from there is a link.
struct FolderWay: Hashable, Sendable {
    /// Absolute; nobody but the operator can change it.
    let top: String
    /// Plain names from there down.
    let names: [String]

    /// For messages, and to tell whether one folder lies in another.
    var path: String { ([top] + names).joined(separator: "/") }

    /// Its name in the folder above.
    var name: String { names.last ?? "." }

    /// The folder above it; `nil` for the operator's own.
    var above: FolderWay? { names.isEmpty ? nil : FolderWay(top: top, names: names.dropLast()) }

    func appending(_ name: String) -> FolderWay { FolderWay(top: top, names: names + [name]) }

    /// - Throws: `ENOENT` when it is missing, `ELOOP` when a step of the way is a link.
    func open() throws(SystemFault) -> Descriptor { try Descriptor.trusted(top).folder(beneath: names) }

    /// Whether another folder is this one, lies in it or above it.
    func overlaps(_ other: FolderWay) -> Bool {
        path == other.path || path.hasPrefix(other.path + "/") || other.path.hasPrefix(path + "/")
    }
}
