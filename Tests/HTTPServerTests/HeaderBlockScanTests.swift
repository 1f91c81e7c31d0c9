import NIOCore
import Testing

@testable import HTTPServer

struct HeaderBlockScanTests {
    private let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private func frame(_ kind: UInt8, flags: UInt8 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), kind, flags, 0, 0, 0, 1] + payload
    }

    private func scan(_ pieces: [UInt8]...) -> HeaderBlockScan {
        var scan = HeaderBlockScan()
        for piece in pieces { scan.add(ByteBuffer(bytes: piece).readableBytesView) }
        return scan
    }

    @Test func aWholeHeaderOwesNothing() {
        #expect(!scan(preface, frame(4), frame(1, flags: 4, [1, 2, 3])).isOpen)
        #expect(!scan(preface, frame(1, [1]), frame(9, [2]), frame(9, flags: 4, [3])).isOpen)
    }

    @Test func halfAHeaderIsOwedInEachOfItsForms() {
        #expect(scan(Array(preface.prefix(10))).isOpen)
        #expect(scan(preface, Array(frame(1, flags: 4, [1, 2, 3]).dropLast())).isOpen)
        #expect(scan(preface, frame(1, [1, 2, 3])).isOpen)
        #expect(scan(preface, frame(1, [1]), frame(9, [2])).isOpen)
        #expect(scan(preface, Array(frame(1).prefix(4))).isOpen)
    }

    @Test func halfABodyIsNoHeader() {
        let body = frame(0, [UInt8](repeating: 7, count: 600))
        #expect(!scan(preface, frame(1, flags: 4, [1]), Array(body.prefix(300))).isOpen)
    }

    @Test func bytesMayComeOneByOne() {
        var scan = HeaderBlockScan()
        let bytes = preface + frame(4) + frame(1, flags: 4, [1, 2, 3])
        for byte in bytes.dropLast() { scan.add(ByteBuffer(bytes: [byte]).readableBytesView) }
        #expect(scan.isOpen)
        scan.add(ByteBuffer(bytes: [3]).readableBytesView)
        #expect(!scan.isOpen)
    }
}
