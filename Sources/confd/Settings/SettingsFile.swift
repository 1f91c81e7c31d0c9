import Configuration
import Foundation
import NodeAgent
import Posix
import Yams

/// The settings file: nested names, whose values are plain words of YAML.
///
/// A name without a value, as when its lines are commented out, sets nothing; nor does a file without one name.
enum SettingsFile {
    /// A name with a value.
    struct Entry {
        /// Dotted, such as `http.port`.
        let name: String
        fileprivate let value: Node

        /// The value as a setting of the kind has it; `nil` when it is something else.
        func content(as kind: SettingKind) -> ConfigContent? {
            guard let text = value.scalar?.string else { return nil }
            return switch kind {
            case .text: .string(text)
            case .number: Int(text).map { .int($0) }
            case .truth: value.bool.map { .bool($0) }
            }
        }
    }

    /// What a file sets.
    ///
    /// - Throws: ``Failure`` when it cannot be read, or is no YAML of nested names.
    static func entries(of file: String) throws(Failure) -> [Entry] {
        let bytes: [UInt8]
        do {
            // It names programs that are run: who else could write it could do what the daemon can.
            let opened = try GuardedFile.open(
                file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file)
            bytes = Array(try FileHandle(fileDescriptor: opened.number, closeOnDealloc: false).readToEnd() ?? Data())
            withExtendedLifetime(opened) {}
        } catch {
            throw Failure("The settings file \(file) cannot be read: \(error)", .badSettings)
        }
        return try entries(in: bytes, of: file)
    }

    /// What the text of a file sets.
    ///
    /// - Throws: ``Failure`` when it is no YAML of nested names.
    static func entries(in text: [UInt8], of file: String) throws(Failure) -> [Entry] {
        let document: Node?
        do throws(YAMLFault) {
            document = try OperatorYAML.document(text)
        } catch {
            throw Failure("The settings file \(file) cannot be read: \(error)", .badSettings)
        }
        guard let document, !document.isNothing else { return [] }
        guard document.mapping != nil else {
            throw Failure(
                "The settings file \(file) has to hold names with values, such as 'http: {port: 20003}'.", .badSettings)
        }
        return entries(of: document, below: "")
    }

    private static func entries(of node: Node, below path: String) -> [Entry] {
        if node.isNothing { return [] }
        // What is named to be used again is no setting: a few aliases of aliases make millions.
        guard node.anchor == nil, let members = node.mapping else { return [Entry(name: path, value: node)] }
        return members.flatMap { name, member in
            let name = name.string ?? ""
            return entries(of: member, below: path.isEmpty ? name : "\(path).\(name)")
        }
    }
}

extension Node {
    /// Whether there is no value here; a text in quotes is one, even when it is empty.
    fileprivate var isNothing: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
