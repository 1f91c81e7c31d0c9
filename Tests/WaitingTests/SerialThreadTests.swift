import Glibc
import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct SerialThreadTests {
    private actor Agent {
        private nonisolated let thread = SerialThread(name: "test")
        private var seen: Set<UInt> = []
        private(set) var order: [Int] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        func note(_ number: Int) {
            seen.insert(UInt(pthread_self()))
            order.append(number)
        }

        var threads: Int { seen.count }
    }

    @Test func anActorHasOneThreadForAllItDoes() async {
        let agent = Agent()
        await withTaskGroup { group in
            for number in 0..<1000 { group.addTask { await agent.note(number) } }
        }
        #expect(await agent.threads == 1)
        #expect(await agent.order.sorted() == Array(0..<1000))
    }

    @Test func manyActorsComeAndGo() async {
        for number in 0..<200 {
            let agent = Agent()
            await agent.note(number)
            #expect(await agent.order == [number])
        }
    }
}
