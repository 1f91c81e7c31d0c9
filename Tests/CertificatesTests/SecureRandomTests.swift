import Testing
import Values

@testable import Certificates

struct SecureRandomTests {
    @Test(arguments: [-1, 0, 1, 16, 33, 100_000])
    func asManyBytesComeAsWereAskedFor(count: Int) {
        #expect(SecureRandom.bytes(count).count == max(0, count))
    }

    @Test func bytesDoNotRepeat() {
        #expect(Set((0..<1000).map { _ in SecureRandom.bytes(16) }).count == 1000)
        #expect(Set(SecureRandom.bytes(100_000)).count == 256)
    }

    @Test func theGeneratorServesTheStandardLibrary() {
        var generator = SecureRandom()
        let numbers = (0..<1000).map { _ in Int.random(in: 0..<10, using: &generator) }
        #expect(Set(numbers) == Set(0..<10))
    }

    @Test func tokensAreTwoDigitsForEachByte() {
        let token = SecureRandom.hex(bytes: 32)
        #expect(token.count == 64)
        #expect(Hex.bytes(token)?.count == 32)
    }
}
