"""The front: what stands before Django in every web process.

Keeps whole public pages (`store`), makes them without asking who looks (`short_way`), drops them when what they show changes
(`follower`, `tags`), answers them on the event loop and lets only so many other requests in that payment events always find a
thread (`gate`). It never keeps an answer that was made for somebody: pages are marked by `@public` and asked for without cookies.
"""
