import Foundation

/// The input that is read just now, in a file that a crash leaves behind: its length in eight bytes, then its bytes.
final class CurrentInput {
    private let memory: UnsafeMutableRawPointer
    private let room: Int

    /// - Parameter file: Made, or overwritten.
    /// - Throws: what the system says.
    init(_ file: String, longest: Int) throws {
        room = longest + 8
        let descriptor = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0, ftruncate(descriptor, off_t(room)) == 0,
            let memory = mmap(nil, room, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw Breach(description: "\(file): \(String(cString: strerror(errno)))") }
        self.memory = memory
    }

    deinit { munmap(memory, room) }

    func note(_ input: [UInt8]) {
        let input = input.prefix(room - 8)
        memory.storeBytes(of: UInt64(input.count), as: UInt64.self)
        input.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memcpy(memory + 8, start, bytes.count) }
        }
    }
}
