import pytest, time
pytestmark=pytest.mark.django_db
def test_w():
    from tests.house.matrix.world import build, fingerprint, touched
    t=time.time(); w=build(); print("build",time.time()-t)
    t=time.time(); f=fingerprint(); print("fp",time.time()-t,len(f))
    t=time.time(); touched(); print("touched",time.time()-t)
    for n in ("a owner","a key","b owner","operator","nobody","a ex"): w.who(n)
