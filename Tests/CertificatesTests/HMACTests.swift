import Testing
import Values

@testable import Certificates

struct HMACTests {
    private struct Vector {
        let key: [UInt8]
        let message: [UInt8]
        let code: String
    }

    // Test cases 1 to 4, 6 and 7 of RFC 4231.
    private static let vectors = [
        Vector(
            key: Array(repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            key: Array(repeating: 0xAA, count: 20), message: Array(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            key: Array(1...25), message: Array(repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            key: Array(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            key: Array(repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors.indices)
    func knownMessagesHaveTheirCode(index: Int) {
        let vector = Self.vectors[index]
        #expect(Hex.text(HMAC.sha256(key: vector.key, message: vector.message)) == vector.code)
    }

    // The value follows from the definition in RFC 2104; Python's hmac module gives the same.
    @Test func anEmptyKeyAndAnEmptyMessageHaveACode() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(Hex.text(HMAC.sha256(key: [], message: [])) == code)
        #expect(Hex.text(HMAC.sha256(key: "".utf8, message: "".utf8)) == code)
    }

    @Test func oneKeyDoesNotLeakIntoTheNextCall() {
        let first = HMAC.sha256(key: "a".utf8, message: "m".utf8)
        let empty = HMAC.sha256(key: "".utf8, message: "m".utf8)
        #expect(first != empty)
        #expect(first == HMAC.sha256(key: "a".utf8, message: "m".utf8))
    }

    @Test func codesAreRightFromManyTasksAtOnce() async {
        let expected = Self.vectors.map(\.code)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).count { round in
                        let vector = Self.vectors[round % Self.vectors.count]
                        let code = HMAC.sha256(key: vector.key, message: vector.message)
                        return Hex.text(code) != expected[round % expected.count]
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
