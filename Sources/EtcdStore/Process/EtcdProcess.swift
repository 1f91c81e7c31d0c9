package import Access
import Glibc
package import Logging
import Synchronization
import Waiting

/// What ``EtcdProcess`` asks of whoever can talk to the member.
package protocol OwnEtcd: Sendable {
    /// Whether it answers that all is well; an error is a no.
    func isWell() async -> Bool
    /// Has another member lead, if this one does and there is another; whatever comes of it, it is ended afterwards.
    func resign() async
}

/// The etcd of this node: starts it, adopts one that runs, starts it again when it ends, and ends it.
///
/// ``EtcdSupervision`` decides; here is what it needs of time, tasks and processes.
package final class EtcdProcess: Sendable {
    /// How it stands with it.
    package struct Condition: Sendable, Hashable {
        /// The process, while there is one.
        package var run: EtcdRun?
        /// Whether it was well when it was last asked.
        package var isWell: Bool
        /// What there is to say of it; `nil` while all is well.
        package var finding: EtcdFinding?
    }

    /// How it stands with it, each time that changes; whoever is slow gets the newest alone. For one reader.
    package let changes: AsyncStream<Condition>

    private let change: AsyncStream<Condition>.Continuation
    private let launcher: EtcdLauncher
    private let member: any OwnEtcd
    private let time: any TimeSource
    private let logger: Logger
    private let inputs: AsyncStream<EtcdSupervision.Input>
    private let tell: AsyncStream<EtcdSupervision.Input>.Continuation
    private let shown = Mutex(Condition(run: nil, isWell: false, finding: nil))

    /// - Parameters:
    ///   - root: The installation's directory.
    ///   - program: The etcd to start.
    ///   - account: Whom it runs as when the daemon is root; otherwise it runs as the daemon does.
    ///   - member: Asked about the member.
    package init(
        _ plan: EtcdMemberPlan, root: String, program: String = "/usr/bin/etcd", account: String = EtcdAccount.usual,
        member: any OwnEtcd, time: any TimeSource, logger: Logger
    ) {
        launcher = EtcdLauncher(plan, in: EtcdFolder(root: root), program: program, account: account)
        (self.member, self.time, self.logger) = (member, time, logger)
        (inputs, tell) = AsyncStream.makeStream()
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How it stands with it now.
    package var condition: Condition { shown.withLock { $0 } }

    /// Puts certificate files where etcd finds them. They have to be there before it is started; one that runs takes new ones
    /// at the next handshake.
    package func install(_ tls: EtcdTLS) async throws(EtcdRefusal) { try await launcher.install(tls) }

    /// Has it run until ``stop()`` was called and it has ended. Called once.
    ///
    /// When the task is cancelled it returns at once, and etcd goes on: the next daemon adopts it.
    package func run() async {
        tell.yield(.wanted)
        await withDiscardingTaskGroup { group in
            var machine = EtcdSupervision()
            var armed: Duration?
            for await input in inputs {
                if input == .due { armed = nil }
                let effects = machine.handle(input, at: time.monotonic)
                show(machine)
                for effect in effects { group.addTask { await self.perform(effect) } }
                if machine.isOver { break }
                // One that comes too early asks the machine in vain, and is followed by another.
                if let due = machine.nextDue, armed.map({ due < $0 }) ?? true {
                    armed = due
                    group.addTask { await self.wait(until: due) }
                }
            }
            group.cancelAll()
        }
    }

    /// Has it end: another member leads first, if there is one. ``run()`` returns when it has ended.
    package func stop() { tell.yield(.unwanted) }

    private func wait(until due: Duration) async {
        await time.sleep(until: due)
        if !Task.isCancelled { tell.yield(.due) }
    }

    private func perform(_ effect: EtcdSupervision.Effect) async {
        switch effect {
        case .look: await told { () async throws(EtcdRefusal) in .found(try await self.launcher.look()) }
        case .start: await told { () async throws(EtcdRefusal) in .started(try await self.launcher.start()) }
        case .watch(let run): await watch(run)
        case .ask(let run): await ask(run)
        case .resign:
            await bounded(EtcdSupervision.resignIn) { await self.member.resign() }
            tell.yield(.resigned)
        case .terminate(let run): await signal(run, SIGTERM)
        case .kill(let run): await signal(run, SIGKILL)
        }
    }

    private func told(_ work: () async throws(EtcdRefusal) -> EtcdSupervision.Input) async {
        do throws(EtcdRefusal) {
            tell.yield(try await work())
        } catch {
            tell.yield(.refused(error))
        }
    }

    private func watch(_ run: EtcdRun) async {
        do {
            try await EtcdHold.take(run)?.end()
        } catch {
            logger.warning("etcd is asked each second whether it runs", metadata: ["cause": "\(error)"])
            while !Task.isCancelled, ProcessFacts.run(run.id) == run {
                await time.sleep(until: time.monotonic + .seconds(1))
            }
        }
        guard !Task.isCancelled else { return }
        tell.yield(.ended(run, await launcher.end(of: run)))
    }

    private func ask(_ run: EtcdRun) async {
        do {
            try await launcher.cutLog()
        } catch {
            logger.warning("log of etcd not cut", metadata: ["cause": "\(error)"])
        }
        let isWell = await bounded(.seconds(5)) { await self.member.isWell() } ?? false
        tell.yield(.answered(run, isWell))
    }

    private func signal(_ run: EtcdRun, _ number: Int32) async {
        do {
            try await launcher.signal(run, number)
        } catch {
            logger.error("etcd not signalled", metadata: ["process": "\(run.id)", "cause": "\(error)"])
        }
    }

    /// `nil` for work that was cancelled since it took too long.
    @discardableResult
    private func bounded<Result: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () async -> Result
    ) async -> Result? {
        let (time, end) = (time, time.monotonic + limit)
        return try? await withDeadline({ await time.sleep(until: end) }) { () async throws(Never) in await work() }
    }

    private func show(_ machine: EtcdSupervision) {
        let now = Condition(run: machine.run, isWell: machine.isWell, finding: machine.finding)
        let former = shown.withLock { shown in
            let former = shown
            shown = now
            return former
        }
        guard now != former else { return }
        change.yield(now)
        if let run = now.run, run != former.run { logger.info("etcd runs", metadata: ["process": "\(run.id)"]) }
        guard now.finding != former.finding else { return }
        if let finding = now.finding {
            logger.error("etcd does not run as it should", metadata: ["cause": "\(finding)"])
        } else {
            logger.info("etcd is well again")
        }
    }
}
