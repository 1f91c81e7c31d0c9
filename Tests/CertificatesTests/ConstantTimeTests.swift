import Testing

@testable import Certificates

struct ConstantTimeTests {
    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1, 2], [1, 3], false), ([1, 2], [1], false), ([], [0], false),
            ([0], [0, 0], false),
        ] as [([UInt8], [UInt8], Bool)])
    func equalMeansTheSameBytes(left: [UInt8], right: [UInt8], isEqual: Bool) {
        #expect(ConstantTime.equal(left, right) == isEqual)
    }

    @Test func textsOfAnyStorageAreCompared() {
        #expect(ConstantTime.equal("token".utf8, Array("token".utf8)))
        #expect(!ConstantTime.equal("token".utf8, "Token".utf8))
    }
}
