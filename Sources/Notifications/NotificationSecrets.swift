import Foundation
import Posix

/// The operator's folder with what opens targets: `NAME.key` signs, `NAME.url` is the whole address of a webhook whose address
/// is a secret, `NAME.pem` has the authorities its server's certificate is checked against.
///
/// Files are read anew for each notice, never shown, and used only when nobody but root and the daemon can change them.
package struct NotificationSecrets: Sendable {
    private let folder: String?
    /// Bytes of a key or an address at most.
    private static let longest = 4096

    /// - Parameter folder: Absolute; `nil` when there is none.
    package init(_ folder: String?) { self.folder = folder }

    /// The key of a target, `nil` when it has none; white space at the end does not count.
    ///
    /// - Throws: ``DeliveryFault`` for a file that others can change or that cannot be read.
    func key(of target: String) throws(DeliveryFault) -> [UInt8]? {
        try read("\(target).key").map { bytes in
            Array(bytes.trimmingSuffix { [0x20, 0x09, 0x0A, 0x0D].contains($0) })
        }
    }

    /// The address of a target, from its file.
    ///
    /// - Throws: ``DeliveryFault`` when there is none.
    func address(of target: String) throws(DeliveryFault) -> String {
        guard let bytes = try read("\(target).url") else {
            throw DeliveryFault(
                "there is no file \(target).url in the folder of the setting 'notifications.secrets'", isFinal: true)
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The file with authorities of a target; `nil` for those of the system.
    ///
    /// - Throws: ``DeliveryFault`` for a file that others can change.
    func authorities(of target: String) throws(DeliveryFault) -> String? {
        guard let folder else { return nil }
        let path = "\(folder)/\(target).pem"
        do throws(GuardedFile.Fault) {
            _ = try GuardedFile.open(path)
            return path
        } catch {
            if error.code == ENOENT { return nil }
            throw DeliveryFault(error.description, isFinal: true)
        }
    }

    private func read(_ name: String) throws(DeliveryFault) -> [UInt8]? {
        guard let folder else { return nil }
        let opened: Descriptor
        do throws(GuardedFile.Fault) {
            opened = try GuardedFile.open("\(folder)/\(name)")
        } catch {
            if error.code == ENOENT { return nil }
            throw DeliveryFault(error.description, isFinal: true)
        }
        let handle = FileHandle(fileDescriptor: opened.number, closeOnDealloc: false)
        defer { withExtendedLifetime(opened) {} }
        guard let data = try? handle.read(upToCount: Self.longest + 1) else { return [] }
        guard data.count <= Self.longest else {
            throw DeliveryFault("\(name) has more than \(Self.longest) bytes", isFinal: true)
        }
        return Array(data)
    }
}

extension Collection<UInt8> where Self: BidirectionalCollection {
    fileprivate func trimmingSuffix(_ isBlank: (UInt8) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, isBlank(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
