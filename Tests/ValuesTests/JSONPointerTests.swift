import Testing
import Values

struct JSONPointerTests {
    @Test(arguments: [("a", "/a"), ("a/b", "/a~1b"), ("~1", "/~01"), ("", "/"), ("0", "/0")])
    func aNameIsOneSegment(name: String, segment: String) {
        #expect(JSONPointer.segment(name) == segment)
    }
}
