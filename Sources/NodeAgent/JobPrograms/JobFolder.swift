package import JobEngine
import Posix
package import Values
import Yams

#if canImport(Glibc)
import Glibc
#endif

/// The folders of `jobs.d`: jobs of third parties, each a manifest `job.yaml` with an executable beside it.
///
/// Source: docs/plug-ins.md.
package struct JobFolder: Sendable {
    private let path: String
    private let files: DurableFile

    /// - Parameter root: Its `jobs.d` is looked at; there may be none.
    package init(_ root: InstallationRoot, files: any FileSystem = PosixFileSystem()) {
        path = root.jobPrograms
        self.files = DurableFile(files: files)
    }

    /// What one folder holds.
    package struct Entry: Sendable {
        /// The folder's name.
        package let name: String
        /// The parsed manifest, or why it cannot be used.
        package let manifest: Result<Value, InstallError>
    }

    /// Every folder there is, sorted by name; names that begin with a dot are left out.
    ///
    /// - Throws: ``InstallError`` when `jobs.d` cannot be read.
    package func entries() throws(InstallError) -> [Entry] {
        let names = try files.told { () throws(FileFault) in try files.files.names(in: path) }
        return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
            do throws(InstallError) {
                return Entry(name: name, manifest: .success(try manifest(in: "\(path)/\(name)")))
            } catch {
                return Entry(name: name, manifest: .failure(error))
            }
        }
    }

    private func manifest(in folder: String) throws(InstallError) -> Value {
        let file = folder + "/job.yaml"
        try requireGuarded(file)
        let content = try files.told { () throws(FileFault) in try files.files.read(file, limit: 256 * 1024) }
        guard let content else { throw InstallError("\(file) is missing.") }
        return try Self.manifest(content.bytes, of: file)
    }

    /// The value of a manifest's text.
    static func manifest(_ text: [UInt8], of file: String) throws(InstallError) -> Value {
        do throws(YAMLFault) {
            guard let node = try OperatorYAML.document(text) else { throw YAMLFault(description: "it is empty") }
            var room = 10_000
            return try Value(node, depth: 0, room: &room)
        } catch {
            throw InstallError("\(file) cannot be used: \(error).")
        }
    }

    /// Whoever can write here can do whatever the daemon can.
    func requireGuarded(_ path: String) throws(InstallError) {
        do throws(GuardedFile.Fault) {
            try GuardedFile.require(path)
        } catch {
            throw InstallError(error.code == ENOENT ? "\(path) is missing." : error.description)
        }
    }
}

extension Value {
    /// The value a node of YAML stands for, with aliases written out.
    ///
    /// - Parameter room: How many values there may be; a few aliases of aliases make millions.
    fileprivate init(_ node: Node, depth: Int, room: inout Int) throws(YAMLFault) {
        room -= 1
        guard room > 0 else { throw YAMLFault(description: "it has more than 10000 values") }
        guard depth < 16 else { throw YAMLFault(description: "it is nested too deep") }
        switch node {
        case .scalar(let scalar): self = Value(scalar, node)
        case .sequence(let elements):
            var list: [Value] = []
            for element in elements { list.append(try Value(element, depth: depth + 1, room: &room)) }
            self = .list(list)
        case .mapping(let members):
            var map: [String: Value] = [:]
            for (key, member) in members {
                guard let name = key.string else { throw YAMLFault(description: "it has a key that is no text") }
                map[name] = try Value(member, depth: depth + 1, room: &room)
            }
            self = .map(map)
        case .alias: throw YAMLFault(description: "it has an alias; write each value out")
        }
    }

    private init(_ scalar: Node.Scalar, _ node: Node) {
        // The library cannot count digits of base 60, as in 12:30, that are more than fit.
        if scalar.style != .plain || scalar.string.contains(":") {
            self = .string(scalar.string)
        } else if node.null != nil {
            self = .null
        } else if let truth = node.bool {
            self = .bool(truth)
        } else if let number = node.int {
            self = .int(number)
        } else if let number = node.float {
            self = .double(number)
        } else {
            self = .string(scalar.string)
        }
    }
}
