/// A place on the disks of a node that the configuration or a job names: a text that is known to lead into the folder
/// of its kind, and into nothing else.
///
/// There is no other way from such a text to a path.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    /// What lies there.
    package let kind: Kind
    /// The folder of the operator's it lies in; `nil` for one of the installation.
    package let root: String?
    /// Plain names from `/exa`, or from `root`, down.
    package let names: [String]

    /// The place a text names: an absolute path, below `/exa` or the folder that stands for it, or in a folder the
    /// operator lists.
    ///
    /// - Throws: ``PlaceFault`` for what is no plain path or lies in no folder of the kind.
    package init(_ kind: Kind, _ text: String, in roots: PlaceRoots = PlaceRoots()) throws(PlaceFault) {
        let names = try Self.names(of: text, isFolder: kind.isFolder)
        self.kind = kind
        let own = roots.inside(names)
        if let own, kind.admits(own) {
            (root, self.names) = (nil, own)
            return
        }
        for other in roots.listed(for: kind) {
            // A folder around the installation does not open the installation.
            guard own == nil || roots.inside(Self.parts(other))?.isEmpty == false,
                let below = Self.rest(of: names, behind: other)
            else { continue }
            (root, self.names) = (other, below)
            return
        }
        throw PlaceFault(text, kind.rule)
    }

    /// As the configuration names it.
    package var description: String { ([root ?? "/exa"] + names).joined(separator: "/") }

    /// A file or folder below this one.
    ///
    /// - Throws: ``PlaceFault`` for a name that is none.
    package func appending(_ name: String) throws(PlaceFault) -> Place {
        guard Self.isPlain(name) else { throw PlaceFault(name, "give a plain name") }
        return Place(kind: kind, root: root, names: names + [name])
    }

    private init(kind: Kind, root: String?, names: [String]) {
        (self.kind, self.root, self.names) = (kind, root, names)
    }

    private static func names(of text: String, isFolder: Bool) throws(PlaceFault) -> [String] {
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count > 1, parts[0].isEmpty else { throw PlaceFault(text, "give an absolute path") }
        if isFolder, parts.count > 2, parts.last == "" { parts.removeLast() }
        parts.removeFirst()
        guard parts.allSatisfy(isPlain) else {
            throw PlaceFault(text, "give a plain path, without '.', '..', '//' and names that begin with a dot")
        }
        return parts
    }

    /// Fit to be the name of a file, with room for what is put before and behind the names of temporary files; hidden
    /// names are the daemon's own.
    private static func isPlain(_ name: String) -> Bool {
        (1...235).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
    }

    fileprivate static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    fileprivate static func rest(of names: [String], behind folder: String) -> [String]? {
        let above = parts(folder)
        return !above.isEmpty && names.starts(with: above) ? Array(names.dropFirst(above.count)) : nil
    }
}

extension BucketFSService {
    /// Names from `/exa` down of the folder in which services without a `Path` have theirs.
    package static let standardFolder = ["data", "bucketfs"]

    /// Its folder, with one of its own name for each bucket.
    ///
    /// - Throws: ``PlaceFault`` for one where no buckets may lie.
    package func place(in roots: PlaceRoots) throws(PlaceFault) -> Place {
        try Place(.bucket, path ?? (["/exa"] + Self.standardFolder + [name]).joined(separator: "/"), in: roots)
    }
}

/// Where places of a node may lie beside the folders every installation has; said by its operator, never by a job.
package struct PlaceRoots: Hashable, Sendable {
    /// The folder that stands for `/exa`.
    package var installation = "/exa"
    /// Further folders for buckets.
    package var buckets: [String] = []
    /// Further folders for archives.
    package var archives: [String] = []
    /// Addresses of this machine and its link at which archives may be.
    package var archiveAddresses: [IPRange] = []

    /// An installation in its usual place, without further folders.
    package init() {}

    /// The folder on this machine the names of a place begin in; it is the operator's, and may be a link.
    package func top(of place: Place) -> String {
        guard let root = place.root else { return installation }
        guard let below = Place.rest(of: Place.parts(root), behind: "/exa") else { return root }
        return ([installation] + below).joined(separator: "/")
    }

    /// What is left of a path behind the folder of the installation; `nil` for one that lies elsewhere.
    func inside(_ names: [String]) -> [String]? {
        Place.rest(of: names, behind: "/exa") ?? Place.rest(of: names, behind: installation)
    }

    func listed(for kind: Place.Kind) -> [String] {
        switch kind {
        case .bucket: buckets
        case .archive: archives
        default: []
        }
    }
}

/// Why a text names no place of its kind.
package struct PlaceFault: Error, Hashable, CustomStringConvertible {
    /// Says what is wrong and what to do; one sentence, ended.
    package let description: String

    init(_ text: String, _ rule: String) {
        let shown = String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { $0.value < 32 ? "?" : $0 })
        description = "'\(String(shown))' cannot be used: \(rule)."
    }
}
