"""temporary"""
import numpy as np
M=[2048,2435,2896,3444]
T=np.array([M[c&3]*2**(c>>2) for c in range(96)],dtype=np.int64)
LADDER=np.zeros((64,32),np.int64)
for c in range(64):
    r=0
    for j in range(32):
        r=max(r+1,int((T[c+j]+2**14)//2**15)); LADDER[c,j]=r
MID=(LADDER[:,1:]+LADDER[:,:-1])
def tokens_of(moves,codes):
    size=np.abs(moves.astype(np.int64)); out=np.zeros(len(moves),np.int64)
    for c in np.unique(codes):
        m=codes==c
        out[m]=np.searchsorted(MID[c],2*size[m],side='left')
    return np.where(moves<0,31-out,32+out).astype(np.uint8)
def tokenise(moves):
    s=16384; n=len(moves); tok=np.zeros(n,np.uint8); cod=np.zeros(n,np.uint8)
    from bisect import bisect_left,bisect_right
    Tl=T[:64].tolist(); ML=MID.tolist(); LL=LADDER.tolist()
    c=max(0,bisect_right(Tl,s)-1)
    for i,m in enumerate(moves.tolist()):
        j=bisect_left(ML[c],2*abs(m))
        cod[i]=c; tok[i]=31-j if m<0 else 32+j
        s=min(s+(4096*LL[c][j]-s)//32,2**27)
        c=max(0,bisect_right(Tl,s)-1)
    return tok,cod,c
