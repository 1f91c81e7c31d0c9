import Glibc

/// A password that is overwritten when nobody holds it any more, and that never shows in a print or log line.
// The memory is written once in the initializer and only read until `deinit`, so sharing it between threads is safe.
package final class Password: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    /// Takes a copy of the bytes; the caller's own copy stays the caller's concern.
    package init(bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count + 1, alignment: 1)
        memory.copyBytes(from: bytes)
        memory[bytes.count] = 0
    }

    /// The UTF-8 form of the text.
    package convenience init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    deinit {
        if let address = memory.baseAddress {
            explicit_bzero(address, memory.count)
        }
        memory.deallocate()
    }

    /// Number of bytes, without the terminator.
    package var count: Int { memory.count - 1 }

    /// True for a password no check may ever be asked about: nothing at all, or a NUL that C would take for the end.
    package var isUnusable: Bool { memory.dropLast().isEmpty || memory.dropLast().contains(0) }

    /// Lends the bytes without the terminator; valid only inside the closure.
    package func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        body(UnsafeRawBufferPointer(rebasing: memory.dropLast()))
    }

    /// Lends the bytes as a C string; valid only inside the closure.
    package func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        memory.withMemoryRebound(to: CChar.self) { characters in
            guard let start = characters.baseAddress else {
                return withUnsafePointer(to: CChar(0), body)
            }
            return body(start)
        }
    }
}

extension Password: CustomStringConvertible, CustomReflectable {
    /// Three asterisks, whatever the content.
    package var description: String { "***" }

    /// A mirror without children, so that `dump` shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
