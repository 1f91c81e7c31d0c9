import Testing
import Values

@testable import Certificates

struct DigestTests {
    // Vectors of FIPS 180-4 as published with the Secure Hash Standard examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func knownMessagesHaveTheirDigest(message: String, digest: String) {
        #expect(Digest.sha256Hex(message.utf8) == digest)
        #expect(Digest.sha256(Array(message.utf8)) == Hex.bytes(digest))
    }

    @Test func bytesThatDoNotLieTogetherAreHashedAlike() {
        let pieces = Array("abc".utf8).lazy.map { $0 }
        #expect(Digest.sha256(pieces) == Digest.sha256("abc".utf8))
    }
}

struct RunningDigestTests {
    @Test(arguments: [1, 63, 64, 1000, 4096])
    func piecesComeToTheDigestOfTheWhole(length: Int) {
        let message = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var digest = RunningDigest()
        for start in stride(from: 0, to: message.count, by: length) { digest.add(message[start...].prefix(length)) }
        #expect(digest.hex() == Digest.sha256Hex(message))
    }

    @Test func nothingHasADigest() {
        #expect(RunningDigest().hex() == Digest.sha256Hex([]))
    }
}
