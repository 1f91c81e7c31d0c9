import NIOCore

/// Follows the frames of an HTTP/2 connection (RFC 9113, 4.1) and knows whether the client owes the rest of a header: of
/// its preface, of a frame, or of a header block that goes on in further frames.
///
/// Only the nine bytes before each frame are looked at.
struct HeaderBlockScan {
    /// Whether what has begun cannot be a request yet.
    private(set) var isOpen = true
    /// Bytes of the preface, or of a frame, that are passed over.
    private var skipping = 24
    private var frameHeader: [UInt8] = []
    private var isBlockOpen = false
    /// Whether what is passed over is preface or header; bodies have a watch of their own.
    private var isSkippingHeader = true

    /// Takes the bytes that came next.
    mutating func add(_ bytes: ByteBufferView) {
        var rest = bytes
        while !rest.isEmpty {
            guard skipping == 0 else {
                let count = min(skipping, rest.count)
                rest = rest.dropFirst(count)
                skipping -= count
                continue
            }
            let count = min(Self.headerLength - frameHeader.count, rest.count)
            frameHeader += rest.prefix(count)
            rest = rest.dropFirst(count)
            if frameHeader.count == Self.headerLength { beginFrame() }
        }
        isOpen = isBlockOpen || skipping > 0 && isSkippingHeader || !frameHeader.isEmpty
    }

    private mutating func beginFrame() {
        skipping = Int(frameHeader[0]) << 16 | Int(frameHeader[1]) << 8 | Int(frameHeader[2])
        let (kind, flags) = (frameHeader[3], frameHeader[4])
        isSkippingHeader = kind == Self.headers || kind == Self.continuation
        if isSkippingHeader { isBlockOpen = flags & Self.endHeaders == 0 }
        frameHeader.removeAll(keepingCapacity: true)
    }

    private static let headerLength = 9
    private static let headers: UInt8 = 1
    private static let continuation: UInt8 = 9
    private static let endHeaders: UInt8 = 4
}
