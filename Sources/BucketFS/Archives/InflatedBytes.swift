import Zlib

/// What compressed bytes stand for: gzip, of one or more members (RFC 1952), or plain deflate (RFC 1951).
final class InflatedBytes: ByteSource {
    private let source: any ByteSource
    private let isGzip: Bool
    private var input: ArraySlice<UInt8> = []
    private var hasEnded = false
    private let inflater: Inflater

    init(_ source: any ByteSource, isGzip: Bool) throws(ArchiveFault) {
        (self.source, self.isGzip) = (source, isGzip)
        guard let inflater = Inflater(isGzip ? .gzip : .deflate) else {
            throw .damaged("there is no memory to unpack it")
        }
        self.inflater = inflater
    }

    func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        // Without room for a byte nothing would ever come.
        while count > 0, !hasEnded {
            if input.isEmpty { input = try source.read(64 * 1024)[...] }
            let isAtItsEnd = input.isEmpty
            // Without input there can still be bytes that had no room before.
            let (bytes, outcome) = inflater.inflate(&input, room: count)
            switch outcome {
            case .more where bytes.isEmpty && isAtItsEnd: throw .damaged("it ends too early")
            case .more: break
            case .ended: try endMember()
            case .damaged: throw .damaged("its compressed data is not valid")
            }
            if !bytes.isEmpty { return bytes }
        }
        return []
    }

    /// Another member may follow; zeros that pad the last one may not begin one.
    private func endMember() throws(ArchiveFault) {
        if input.isEmpty { input = try source.read(64 * 1024)[...] }
        hasEnded = !isGzip || input.first != 0x1F
        if !hasEnded, !inflater.restart() { throw .damaged("its compressed data is not valid") }
    }
}
