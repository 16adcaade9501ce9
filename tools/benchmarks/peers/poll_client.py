# aiohttp as a poller that keeps nothing: as many requests at a time as connections.
#
# poll_client.py PORT CONNECTIONS REQUESTS      prints one JSON line
import asyncio
import json
import sys
import time

import aiohttp


async def poll(session, url, numbers):
    for number in numbers:
        async with session.get(f"{url}/{number}") as answer:
            prediction = await answer.json()
            if answer.status != 200 or prediction["status"] != "processing":
                raise SystemExit("the provider answers something else")


async def main(port, connections, requests):
    url = f"http://127.0.0.1:{port}/v1/predictions"
    numbers = iter(range(requests))
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        cpu, start = time.process_time(), time.perf_counter()
        await asyncio.gather(*(poll(session, url, numbers) for _ in range(connections)))
        elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({
        "bench": "peer_aiohttp", "requests_per_second": requests / elapsed,
        "cpu_us_per_request": cpu / requests * 1e6}))


asyncio.run(main(*map(int, sys.argv[1:])))
