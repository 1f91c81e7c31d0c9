import Testing

@testable import confd_client

struct HostSearchTests {
    /// The hosts that are asked when all that happens is this, with the pause before each.
    private func asked(_ misses: [HostSearch.Miss], of count: Int, from index: Int = 0) -> [String] {
        var search = HostSearch(count: count, from: index)
        var asked = ["\(search.index)"]
        for miss in misses {
            guard let pause = search.next(after: miss, elapsed: .seconds(1)) else { break }
            asked.append(pause == .zero ? "\(search.index)" : "pause \(search.index)")
        }
        return asked
    }

    @Test func oneHostIsAskedOnce() {
        #expect(asked([.silent, .silent], of: 1) == ["0"])
        #expect(asked([.undecided, .undecided], of: 1) == ["0"])
    }

    @Test func eachOfSeveralIsAskedOnceFromTheOneThatAnsweredLast() {
        #expect(asked([.silent, .silent, .silent, .silent], of: 3) == ["0", "1", "2"])
        #expect(asked([.apart, .silent, .apart], of: 3, from: 2) == ["2", "0", "1"])
    }

    @Test func allAreAskedAgainWhileOneSaysThatAMasterIsOnItsWay() {
        #expect(
            asked([.silent, .undecided, .silent, .silent, .apart, .silent], of: 3)
                == ["0", "1", "2", "pause 0", "1", "2"])
    }

    @Test func patienceEnds() {
        var search = HostSearch(count: 2)
        #expect(search.next(after: .undecided, elapsed: HostSearch.patience) == .zero)
        #expect(search.next(after: .undecided, elapsed: HostSearch.patience) == nil)
    }

    @Test(arguments: [
        ("no-master", HostSearch.Miss.undecided), ("no-quorum", .apart), ("behind", .apart), ("joining", .apart),
        ("out-of-space", nil), ("", nil), (nil, nil),
    ])
    func onlyWhatAnotherNodeMayDoBetterIsAskedElsewhere(code: String?, miss: HostSearch.Miss?) {
        #expect(HostSearch.Miss(code: code) == miss)
    }
}
