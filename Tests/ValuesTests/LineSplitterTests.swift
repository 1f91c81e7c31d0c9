import Testing
import Values

/// Lines out of pieces that end anywhere.
@Suite struct LineSplitterTests {
    @Test func linesComeInAnyPieces() {
        let text = Array("one\n\ntwo\nthree".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(limit: 5)
            var lines: [[UInt8]] = []
            for start in stride(from: 0, to: text.count, by: size) {
                lines += splitter.add(text[start..<min(start + size, text.count)])
            }
            #expect(lines == [Array("one".utf8), Array("two".utf8)])
            #expect(splitter.end() == Array("three".utf8))
            #expect(splitter.end() == nil)
        }
    }

    @Test func aLineHasALimit() {
        var splitter = LineSplitter(limit: 3)
        #expect(splitter.add(Array("abc".utf8)).isEmpty)
        #expect(!splitter.isTooLong)
        #expect(splitter.add(Array("\nab\nabcd\nab\n".utf8)) == [Array("abc".utf8), Array("ab".utf8)])
        #expect(splitter.isTooLong)
        #expect(splitter.end() == nil)
    }
}
