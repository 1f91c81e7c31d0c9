import EXAConf
import Support
import Testing

struct TextEditsTests {
    @Test(arguments: [
        ("", "", []),
        ("a\n", "a\n", []),
        ("a\nb\nc\n", "a\nx\nc\n", [TextEdits.Edit(kept: 1, dropped: 1, text: "x\n")]),
        ("a\nb\n", "b\n", [TextEdits.Edit(kept: 0, dropped: 1, text: "")]),
        ("a\nb", "a\nb\n", [TextEdits.Edit(kept: 1, dropped: 1, text: "b\n")]),
        ("", "a", [TextEdits.Edit(kept: 0, dropped: 0, text: "a")]),
        (
            "1\n2\n3\n4\n", "0\n1\n2\n4\n5",
            [
                TextEdits.Edit(kept: 0, dropped: 0, text: "0\n"), TextEdits.Edit(kept: 2, dropped: 1, text: ""),
                TextEdits.Edit(kept: 1, dropped: 0, text: "5"),
            ]
        ),
    ])
    func theyAreAsShortAsTheDifference(old: String, new: String, edits: [TextEdits.Edit]) {
        #expect(TextEdits(from: old, to: new) == TextEdits(edits))
        #expect(TextEdits(edits).applied(to: old) == new)
    }

    @Test(arguments: [(4, 0), (-1, 0), (0, 4), (0, -1), (2, 2), (.max, .max)]) func linesThatAreNotThereAreNone(
        kept: Int, dropped: Int
    ) {
        #expect(TextEdits([.init(kept: kept, dropped: dropped, text: "x")]).applied(to: "a\nb\nc\n") == nil)
    }

    @Test func whatIsEqualToAReaderAloneIsNoEdit() {
        #expect(TextEdits(from: "\u{E9}\na\n", to: "e\u{301}\nb\n") == nil)
    }

    @Test func anyTextIsReachedFromAnyOther() {
        var random = SequenceGenerator(seed: 5)
        func text() -> String {
            (0..<Int.random(in: 0...30, using: &random)).map { _ in
                "\(Int.random(in: 0...5, using: &random))" + (Bool.random(using: &random) ? "\n" : "\r\n")
            }.joined() + (Bool.random(using: &random) ? "end" : "")
        }
        for _ in 0..<500 {
            let (old, new) = (text(), text())
            #expect(TextEdits(from: old, to: new)?.applied(to: old) == new)
        }
    }
}
