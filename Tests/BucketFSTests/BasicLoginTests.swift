import JobEngine
import Testing
import Values

@testable import BucketFS

struct BasicLoginTests {
    private func bucket(read: String?, write: String?) -> ServedBucket {
        guard let name = BucketName("b", of: "s") else { preconditionFailure("A bucket has a name.") }
        return ServedBucket(
            sharedName: name, isPublic: false, readPassword: read.map { Array($0.utf8) },
            writePassword: write.map { Array($0.utf8) },
            folder: BucketFolder(way: FolderWay(top: "/nowhere", names: ["b"]), owner: FileOwner(nil)))
    }

    private func right(_ pair: String, read: String? = "reader", write: String? = "writer") -> BucketRight? {
        BasicLogin("Basic " + Base64.encode(pair.utf8))?.right(in: bucket(read: read, write: write))
    }

    @Test func eachUserHasAPasswordOfItsOwn() {
        #expect(right("r:reader") == .read)
        #expect(right("w:writer") == .write)
        #expect(right("w:pass:word", write: "pass:word") == .write)
        #expect(right("r:", read: "") == nil)
    }

    @Test(arguments: [
        "r:writer", "w:reader", "r:Reader", "r:reade", "r:readerx", "r:", ":reader", "admin:writer", "R:reader",
        "rr:reader",
    ])
    func anyOtherPairHasNoRight(pair: String) {
        #expect(right(pair) == nil)
    }

    @Test func aPasswordThatIsNotThereLetsNobodyIn() {
        #expect(right("r:", read: nil, write: nil) == nil)
        #expect(right("w:", read: nil, write: nil) == nil)
    }

    @Test(arguments: [nil, "", "Basic", "Basic cg==", "Bearer cjpyZWFkZXI=", "cjpyZWFkZXI="])
    func whatIsNoBasicLoginIsNone(header: String?) {
        #expect(BasicLogin(header) == nil)
    }
}
